import { join } from 'node:path'
import { loadConfig } from '../../services/config/load.ts'
import type { Topic } from '../../services/domain/topic.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { openPeppers } from '../../services/platform/pepper.ts'
import { Collector } from '../collect/collector.ts'
import { createKeyDigest } from '../normalise/key-digest.ts'
import { openKafkaTopic } from '../topic/kafka-topic.ts'
import { openSqliteTopic } from '../topic/sqlite-topic.ts'
import { followFiles } from './followed-files.ts'
import { followKafka } from './kafka-source.ts'
import { type Positions, SentPositions, topicPositions } from './sent-position.ts'

/** What the process does: follows the first source of `folder`/lastcall.yaml until it is killed, or kills itself at a step. */
export interface ChildOptions {
  /** Of the configuration and of what must outlive the process. */
  readonly folder: string
  /** Ours; undefined: on SQLite in the folder. */
  readonly kafka?: { readonly brokers: readonly string[]; readonly topic: string }
  /** Positions are written before each send, whatever topic it is. */
  readonly journal: boolean
  /** SIGKILL at the n-th time this step is passed: `before-write`, `before-send`, `after-ack`. */
  readonly die?: { readonly step: string; readonly times: number }
}

const options: ChildOptions = JSON.parse(process.argv[2] ?? '{}')
const { folder, kafka, journal, die } = options
let left = die?.times ?? 0

function passed(step: string): void {
  if (step === die?.step && --left === 0) process.kill(process.pid, 'SIGKILL')
}

function fragile(positions: Positions): Positions {
  return {
    standing: identity => positions.standing(identity),
    async sending(identity, span) {
      passed('before-write')
      await positions.sending(identity, span)
      passed('before-send')
    },
    sent(identity, span) {
      passed('after-ack')
      positions.sent(identity, span)
    },
    close: () => positions.close(),
  }
}

const { catalogue, findings } = await loadConfig(join(folder, 'lastcall.yaml'), { environment: {} })
if (catalogue === undefined) throw new Error(JSON.stringify(findings))
const shared = { clock: systemClock, log: silentLog }
const sqlite = kafka === undefined ? await openSqliteTopic({ ...shared, folder, partitions: 2 }) : undefined
const topic: Topic =
  sqlite ??
  (await openKafkaTopic({
    ...shared,
    kafka: { brokers: kafka?.brokers ?? [], clientId: 'child' },
    topic: kafka?.topic ?? '',
    partitions: 2,
  }))
const positions =
  sqlite === undefined || journal
    ? await SentPositions.open(join(folder, 'sent'), systemClock)
    : topicPositions(key => sqlite.positionOf(key))
const digest = createKeyDigest(await openPeppers({ folder, variable: 'LASTCALL_PEPPER', environment: {} }))
const collector = new Collector({ topic, catalogue, digest })
const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
const source = [...catalogue.sources.values()].find(one => one.file !== undefined || one.kafka !== undefined)
if (source === undefined) throw new Error('no source')
process.stdout.write('ready\n')
if (source.kafka !== undefined) {
  const brokers = { brokers: source.kafka.connection?.brokers ?? [], clientId: 'child-source' }
  await followKafka(source, source.kafka, { ...shared, collector, kafka: brokers, sessionMs: 3_000 }, stop.signal)
} else {
  await followFiles(
    source,
    { ...shared, collector, folder: join(folder, 'followed'), positions: fragile(positions), pollMs: 20, scanMs: 100 },
    stop.signal,
  )
}
await positions.close()
await topic.close()
