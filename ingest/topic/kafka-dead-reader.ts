import { randomUUID } from 'node:crypto'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { DEAD_TOPIC } from '../../services/domain/block.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import { createKafka, type Kafka, type KafkaSettings } from '../../services/platform/kafka.ts'
import type { Log } from '../../services/platform/log.ts'
import type { DeadLetter, DeadMark } from '../store/dead-letters.ts'

const letter = Type.Object({ reason: Type.String(), values: Type.Record(Type.String(), Type.String()) })
const mark = Type.Object({
  state: Type.Union([Type.Literal('replayed'), Type.Literal('dropped')]),
  reason: Type.String(),
  at: Type.Number(),
})
/** Without a message for this long the brokers are taken to be away. */
const PATIENCE_MS = 30_000

export interface DeadReaderOptions {
  readonly kafka: KafkaSettings
  readonly clock: Clock
  readonly log: Log
  readonly most: number
  readonly all?: boolean
  readonly topic?: string
}

/**
 * Every dead letter on Kafka, oldest first, at most `most`; of one origin the first counts. Those marked only with `all`.
 * None when there is no such topic. Throws LC_TOPIC_DOWN when the topic cannot be read to its end: never a part of it.
 */
export async function readKafkaDeadLetters(options: DeadReaderOptions): Promise<readonly DeadLetter[]> {
  try {
    return await readToEnd(options)
  } catch (error) {
    throw new LcError(
      'LC_TOPIC_DOWN',
      `The dead letters cannot be read from Kafka: ${error instanceof Error ? error.message : error}.`,
      'See the brokers, the addresses and the credentials, and try again.',
      3,
      { cause: error },
    )
  }
}

async function readToEnd(options: DeadReaderOptions): Promise<readonly DeadLetter[]> {
  const { clock, log, most, all = false, topic = DEAD_TOPIC } = options
  const kafka = createKafka(options.kafka, log)
  const end = await endOf(kafka, topic)
  if (end === 0n) return []
  const letters = new Map<string, DeadLetter>()
  const marks = new Map<string, DeadMark>()
  let read = 0n
  const done = Promise.withResolvers<void>()
  // A group of this one look, gone with it: nobody's position is touched.
  const groupId = `lastcall-dead-${randomUUID()}`
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 200 })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      async eachMessage({ message }) {
        const origin = String(message.key)
        const body = message.value === null ? undefined : readJson(message.value)
        if (Value.Check(mark, body)) {
          if (!marks.has(origin)) marks.set(origin, body)
          if (!all) letters.delete(origin)
        } else if (!letters.has(origin) && letters.size < most && (all || !marks.has(origin))) {
          const found = letterOf(origin, body)
          if (found !== undefined) letters.set(origin, found)
        }
        // To the end: what was marked makes room for others.
        read = BigInt(message.offset) + 1n
        if (read >= end) done.resolve()
      },
    })
    const reached = done.promise.then(() => true)
    for (let before = -1n; !(await within(clock, PATIENCE_MS, reached)); before = read)
      if (read === before) throw new Error(`${read} of ${end} were read, then nothing came`)
  } finally {
    await consumer.disconnect().catch(() => {})
    await forgetGroup(kafka, groupId).catch(() => {})
  }
  return [...letters].map(([origin, letter]) => ({ ...letter, mark: marks.get(origin) }))
}

/** False when it takes longer. */
async function within(clock: Clock, ms: number, work: Promise<boolean>): Promise<boolean> {
  const done = new AbortController()
  const late = clock.sleep(ms, done.signal).then(
    () => false,
    () => false,
  )
  const answer = await Promise.race([work, late])
  done.abort()
  return answer
}

async function endOf(kafka: Kafka, topic: string): Promise<bigint> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    if (!(await admin.listTopics()).includes(topic)) return 0n
    const [first] = await admin.fetchTopicOffsets(topic)
    // Nothing is kept below `low`.
    return first === undefined || first.low === first.high ? 0n : BigInt(first.high)
  } finally {
    await admin.disconnect()
  }
}

async function forgetGroup(kafka: Kafka, groupId: string): Promise<void> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    await admin.deleteGroups([groupId])
  } finally {
    await admin.disconnect()
  }
}

function letterOf(origin: string, body: unknown): DeadLetter | undefined {
  const [topic, partition, offset, row, ...more] = origin.split('/')
  if (topic === undefined || !/^\d+$/.test(`${partition}${offset}${row}`) || more.length > 0) return undefined
  if (!Value.Check(letter, body)) return undefined
  return { topic, partition: Number(partition), offset: BigInt(offset ?? 0), row: Number(row), ...body }
}

function readJson(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'))
  } catch {
    return undefined
  }
}
