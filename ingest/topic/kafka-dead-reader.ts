import { randomUUID } from 'node:crypto'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { DEAD_TOPIC } from '../../services/domain/block.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { createKafka, type Kafka, type KafkaSettings } from '../../services/platform/kafka.ts'
import type { Log } from '../../services/platform/log.ts'
import type { DeadLetter, DeadMark } from '../store/dead-letters.ts'

const letter = Type.Object({ reason: Type.String(), values: Type.Record(Type.String(), Type.String()) })
const mark = Type.Object({
  state: Type.Union([Type.Literal('replayed'), Type.Literal('dropped')]),
  reason: Type.String(),
  at: Type.Number(),
})
const PATIENCE_MS = 30_000

/**
 * Every dead letter on Kafka, oldest first, at most `most`; of one origin the first counts. Those marked only with `all`.
 * None when there is no such topic.
 */
export async function readKafkaDeadLetters(options: {
  readonly kafka: KafkaSettings
  readonly clock: Clock
  readonly log: Log
  readonly most: number
  readonly all?: boolean
  readonly topic?: string
}): Promise<readonly DeadLetter[]> {
  const { clock, log, most, all = false, topic = DEAD_TOPIC } = options
  const kafka = createKafka(options.kafka, log)
  const end = await endOf(kafka, topic)
  if (end === 0n) return []
  const letters = new Map<string, DeadLetter>()
  const marks = new Map<string, DeadMark>()
  const done = Promise.withResolvers<void>()
  // A group of this one look, gone with it: nobody's position is touched.
  const groupId = `lastcall-dead-${randomUUID()}`
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 200 })
  await consumer.connect()
  try {
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
        if (BigInt(message.offset) + 1n >= end) done.resolve()
      },
    })
    const waited = new AbortController()
    await Promise.race([done.promise, clock.sleep(PATIENCE_MS, waited.signal).catch(() => {})])
    waited.abort()
  } finally {
    await consumer.disconnect()
    await forgetGroup(kafka, groupId)
  }
  return [...letters].map(([origin, letter]) => ({ ...letter, mark: marks.get(origin) }))
}

async function endOf(kafka: Kafka, topic: string): Promise<bigint> {
  const admin = kafka.admin()
  await admin.connect()
  try {
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
  await admin.connect()
  await admin.deleteGroups([groupId]).catch(() => {})
  await admin.disconnect()
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
