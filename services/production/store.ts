import { migrate } from '../../ingest/store/migrate.ts'
import { onCluster } from '../../ingest/store/on-cluster.ts'
import { kafkaPinned } from '../../ingest/store/open-pins.ts'
import { createStore } from '../../ingest/store/store.ts'
import { KafkaAdmin } from '../../ingest/topic/kafka-admin.ts'
import { openKafkaDeadLetters } from '../../ingest/topic/kafka-dead-letters.ts'
import { openKafkaTopic } from '../../ingest/topic/kafka-topic.ts'
import { writeCopies } from '../copies/write-copies.ts'
import { TOPIC } from '../domain/block.ts'
import { openClickHouse } from '../platform/clickhouse.ts'
import { createKafka, type KafkaSettings } from '../platform/kafka.ts'
import { startTelemetry } from '../platform/telemetry.ts'
import { inTime } from '../process/in-time.ts'
import { listen } from '../process/listen.ts'
import { observeStore } from '../process/observe.ts'
import { Progress } from '../process/progress.ts'
import { statusApp } from '../process/status-app.ts'
import { repeat, watching } from '../process/watching.ts'
import { clickHouseOf, kafkaOf, type PartOptions, type RunningPart, startPart } from './part.ts'

export interface StoreProcessOptions extends PartOptions {
  /** Go on although blocks are missing: a person accepted the loss. */
  readonly acceptMoved: boolean
}

/** A trickle is stored about once a second. */
const GATHER_MS = 900
/** New operations appear as they are called: the copies follow this often. */
const COPY_EVERY_MS = 60_000
const PING_EVERY_MS = 5_000

/** `lastcall store`: blocks from Kafka into ClickHouse, each row once. As many of them side by side as there are partitions. */
export function startStore(options: StoreProcessOptions): Promise<RunningPart> {
  const { settings, clock, log, environment } = options
  let { catalogue } = options
  let { access } = settings
  return startPart(options, async lifecycle => {
    const { kafka, group, sessionMs } = await kafkaOf(options)
    const { partitions } = settings.topic
    const telemetry = startTelemetry('lastcall-store', environment, log)
    lifecycle.started('telemetry', () => telemetry.stop())
    const clickhouse = await openClickHouse(clickHouseOf(options, 'writer'))
    lifecycle.started('clickhouse', () => clickhouse.close())
    const pinned = (): Promise<boolean> => anyPinned(kafka, group, options)
    const tables = onCluster(clickhouse, settings.clickhouse?.cluster)
    await migrate(tables, { clock, retention: settings.retention, pinned })
    await writeCopies(clickhouse, catalogue, clock.now())
    const dead = openKafkaDeadLetters({ kafka, clock, log })
    lifecycle.started('dead letters', () => dead.close())
    const topic = await openKafkaTopic({
      kafka,
      group,
      clock,
      log,
      partitions,
      sessionMs,
      lanes: 1,
      gatherMs: GATHER_MS,
      acceptMoved: options.acceptMoved,
      onFault: (partition, error) => log.error({ partition, err: error }, 'a partition waits and is offered again'),
    })
    lifecycle.started('topic', () => topic.close())
    const progress = new Progress()
    const consumption = await topic.consume(progress.watch(createStore({ clickhouse, dead, clock, log })))
    lifecycle.started('consumption', () => consumption.stop())

    const stopped = new AbortController()
    let answers = true
    const app = await statusApp({
      readTokens: () => access.read,
      log,
      telemetry,
      notReady: () => [
        ...(stopped.signal.aborted ? ['stopping'] : []),
        ...(answers ? [] : ['ClickHouse does not answer']),
        ...(topic.accepts() ? [] : ['Kafka does not answer']),
      ],
    })
    observeStore({ topic, progress, clickhouse, clock })
    const url = await listen(app, options.host, options.port, settings.access)
    lifecycle.started('http', () => app.close())
    const copy = (): Promise<void> =>
      writeCopies(clickhouse, catalogue, clock.now()).catch(error =>
        log.warn({ err: error }, 'the copies for dashboards could not be written'),
      )
    watching(options.watch, {
      clock,
      environment,
      log,
      signal: stopped.signal,
      onGood(good) {
        catalogue = good.catalogue
        access = good.settings.access
        void copy()
      },
    })
    const asked = inTime(() => clickhouse.command('SELECT 1').then(() => true), clock)
    const ping = async (): Promise<void> => {
      answers = (await asked()) ?? false
    }
    const repeated = [
      repeat(copy, COPY_EVERY_MS, clock, stopped.signal),
      repeat(ping, PING_EVERY_MS, clock, stopped.signal),
    ]
    lifecycle.started('readiness', async () => {
      stopped.abort()
      await Promise.all(repeated)
    })
    return url
  })
}

/** True while some partition's range is pinned: tables must not change under it. */
async function anyPinned(kafka: KafkaSettings, group: string, { settings, log }: PartOptions): Promise<boolean> {
  const admin = new KafkaAdmin(createKafka(kafka, log))
  try {
    return await kafkaPinned({ admin, topic: TOPIC, group, partitions: settings.topic.partitions })
  } finally {
    await admin.close()
  }
}
