import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import {
  type Consumer,
  createKafka,
  type EachBatchPayload,
  type Kafka,
  type KafkaSettings,
  watchedAssigner,
} from '../../services/platform/kafka.ts'
import type { Log } from '../../services/platform/log.ts'
import { askSourceTopic, type SourcePartition, type SourceTopic } from './kafka-source-admin.ts'
import { decodeSourceMark, encodeSourceMark, type SourceMark } from './kafka-source-mark.ts'
import { type SourceRange, SourceRanges } from './kafka-source-ranges.ts'

export interface KafkaSourceOptions {
  /** For the log. */
  readonly source: string
  readonly kafka: KafkaSettings
  readonly topic: string
  readonly groupId: string
  readonly clock: Clock
  readonly log: Log
  /** Without a heartbeat for this long a member is out of the group; default 30,000. */
  readonly sessionMs?: number
  /** Resolves when the range stands durably on our topic; called one at a time for a partition, again when it rejects. */
  readonly take: (cluster: string, partition: number, range: SourceRange) => Promise<void>
  /** All that stands in a partition has been taken. */
  readonly onEnd: (cluster: string, partition: number) => void
}

interface Seat {
  readonly ranges: SourceRanges
  sought: number
  atEnd: boolean
}

const FETCH_WAIT_MS = 250
const RETRY_MS = 1_000
const SAY_EVERY_MS = 60_000

/**
 * A member of the group that reads a source's topic. The range that comes next is committed beside its first offset
 * before it is sent; a member whose generation is over commits no more, so nobody ever cuts another range there.
 * Whoever takes a partition over sends the open range first, unchanged. Resolves when `signal` aborts.
 */
export async function readKafkaSource(options: KafkaSourceOptions, signal: AbortSignal): Promise<void> {
  const { clock, log, source } = options
  const kafka = createKafka(options.kafka, log)
  const said = new Map<string, number>()
  const taken = new Map<number, number>()
  while (!signal.aborted) {
    try {
      await new SourceMember(kafka, options, signal, taken).live()
    } catch (error) {
      const code = error instanceof LcError ? error.code : 'LC_KAFKA_SOURCE'
      if (clock.now() - (said.get(code) ?? Number.NEGATIVE_INFINITY) >= SAY_EVERY_MS) {
        said.set(code, clock.now())
        log.warn({ source, topic: options.topic, code, error: String(error) }, 'a Kafka topic is not read; tried again')
      }
    }
    if (!signal.aborted) await clock.sleep(RETRY_MS, signal).catch(() => {})
  }
}

class SourceMember {
  readonly #kafka: Kafka
  readonly #options: KafkaSourceOptions
  readonly #signal: AbortSignal
  readonly #running = new Set<Promise<void>>()
  readonly #over = Promise.withResolvers<void>()
  /** Ends of what this process has taken, by partition. */
  readonly #taken: Map<number, number>
  #asked: { readonly generation: number; readonly topic: Promise<SourceTopic> } | undefined
  #cluster = ''
  #generation = 0
  #assigned: ReadonlySet<number> = new Set()
  #seats = new Map<number, Seat>()

  constructor(kafka: Kafka, options: KafkaSourceOptions, signal: AbortSignal, taken: Map<number, number>) {
    this.#kafka = kafka
    this.#taken = taken
    this.#options = options
    this.#signal = signal
  }

  /** Resolves when asked to stop, or kafkajs gave up. Throws when the topic cannot be read. */
  async live(): Promise<void> {
    const { topic, groupId } = this.#options
    const found = await askSourceTopic(this.#kafka, topic, groupId)
    this.#cluster = found.cluster
    for (const partition of found.partitions) this.#refuseShorter(partition)
    const consumer = this.#create()
    const stop = (): void => this.#over.resolve()
    this.#signal.addEventListener('abort', stop, { once: true })
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.#assigned = new Set(payload.memberAssignment[topic] ?? [])
    })
    consumer.on(consumer.events.FETCH, () => this.#tellEnds())
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      this.#leave()
      if (!payload.restart) this.#over.resolve()
    })
    try {
      await consumer.connect()
      await consumer.subscribe({ topics: [topic], fromBeginning: true })
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 8,
        eachBatch: payload => this.#track(this.#take(consumer, payload)),
      })
      await this.#over.promise
    } finally {
      this.#signal.removeEventListener('abort', stop)
      await Promise.allSettled(this.#running)
      this.#leave()
      await consumer.disconnect().catch(() => {})
    }
  }

  #create(): Consumer {
    const { groupId, sessionMs = 30_000 } = this.#options
    return this.#kafka.consumer({
      groupId,
      sessionTimeout: sessionMs,
      rebalanceTimeout: sessionMs * 2,
      heartbeatInterval: Math.floor(sessionMs / 6),
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: 1_048_576,
      maxBytes: 4_194_304,
      allowAutoTopicCreation: false,
      partitionAssigners: [watchedAssigner(() => this.#leave())],
    })
  }

  /** This generation is over: what was fetched in it is forgotten. */
  #leave(): void {
    this.#generation++
    this.#assigned = new Set()
    this.#seats = new Map()
  }

  #track(work: Promise<void>): Promise<void> {
    this.#running.add(work)
    return work.finally(() => this.#running.delete(work))
  }

  #tellEnds(): void {
    for (const [partition, { atEnd }] of this.#seats) if (atEnd) this.#options.onEnd(this.#cluster, partition)
  }

  async #take(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch } = payload
    const { partition } = batch
    const generation = this.#generation
    const current = (): boolean =>
      generation === this.#generation && this.#assigned.has(partition) && !this.#signal.aborted
    const first = batch.messages[0]
    if (first === undefined || !current()) return
    const seat = await this.#seat(partition, generation)
    if (seat === undefined || !current()) return
    // Data on its way when the group changed; when it is not there either, it is gone from the log.
    if (Number(first.offset) > seat.ranges.next && seat.sought !== seat.ranges.next) {
      seat.sought = seat.ranges.next
      consumer.seek({ topic: batch.topic, partition, offset: String(seat.ranges.next) })
      return
    }
    seat.atEnd = false
    for (const { offset, value } of batch.messages) {
      const full = seat.ranges.take({ offset: Number(offset), value })
      if (full !== undefined && !(await this.#send(payload, seat, full, current))) return
    }
    const read = Number(batch.lastOffset()) + 1
    const rest = seat.ranges.end(read)
    if (rest !== undefined && !(await this.#send(payload, seat, rest, current))) return
    payload.resolveOffset(batch.lastOffset())
    seat.atEnd = rest !== undefined && read >= Number(batch.highWatermark)
    if (seat.atEnd && current()) await this.#commit(payload, seat, seat.ranges.mark)
  }

  /** Where the group stands, asked after this generation began: whatever was committed before it is there, nothing else comes. */
  async #seat(partition: number, generation: number): Promise<Seat | undefined> {
    const known = this.#seats.get(partition)
    if (known !== undefined) return known
    const { topic, groupId, source, log } = this.#options
    if (this.#asked?.generation !== generation)
      this.#asked = { generation, topic: askSourceTopic(this.#kafka, topic, groupId) }
    const { partitions } = await this.#asked.topic.catch(error => this.#askAgain(error))
    const found = partitions.find(one => one.partition === partition)
    if (found === undefined || generation !== this.#generation) return undefined
    try {
      this.#refuseShorter(found)
    } catch (error) {
      this.#over.reject(error)
      return undefined
    }
    const { offset, text, begin, end } = found
    const ours = decodeSourceMark(offset, text)
    if (ours === undefined && offset >= 0)
      log.warn(
        { source, topic, partition, offset, code: 'LC_KAFKA_SOURCE_MOVED' },
        'the offset of a source was set by another hand; what was taken before is told message by message',
      )
    const mark: SourceMark = ours ?? { from: Math.max(offset, begin), to: Math.max(offset, begin), singlyUntil: end }
    if (mark.from < begin)
      log.warn(
        { source, topic, partition, lost: begin - mark.from, code: 'LC_KAFKA_SOURCE_GONE' },
        'messages were deleted by the retention of a topic before they were read',
      )
    const seat = { ranges: new SourceRanges(mark), sought: -1, atEnd: false }
    this.#seats.set(partition, seat)
    return seat
  }

  #askAgain(error: unknown): never {
    this.#asked = undefined
    throw error
  }

  /** An offset that was read stands for one message for ever: where it may not, nothing more is read. */
  #refuseShorter({ partition, offset, text, end }: SourcePartition): void {
    const read = Math.max(decodeSourceMark(offset, text)?.to ?? 0, this.#taken.get(partition) ?? 0)
    if (read > end) throw madeAnew(this.#options.topic, partition)
  }

  /** False when the partition may belong to somebody else; until then the same range again. */
  async #send(payload: EachBatchPayload, seat: Seat, range: SourceRange, current: () => boolean): Promise<boolean> {
    const { clock, log, source, take } = this.#options
    const mark = seat.ranges.markOf(range)
    if (seat.ranges.mark.to !== mark.to) {
      if (!current()) return false
      await this.#commit(payload, seat, mark)
    }
    while (current()) {
      try {
        await take(this.#cluster, payload.batch.partition, range)
        seat.ranges.sent(range)
        this.#taken.set(payload.batch.partition, range.to)
        await payload.heartbeat()
        return true
      } catch (error) {
        if (!(error instanceof LcError)) throw error
        log.warn({ source, code: error.code }, 'a range of a Kafka topic was not taken; it is sent again')
        await clock.sleep(RETRY_MS, this.#signal).catch(() => {})
        if (current()) await payload.heartbeat()
      }
    }
    return false
  }

  /** From the caller's look at the generation to kafkajs taking its own down nothing else runs: it is the same one. */
  async #commit(payload: EachBatchPayload, seat: Seat, mark: SourceMark): Promise<void> {
    const { topic, partition } = payload.batch
    const marked = { partition, offset: String(mark.from), metadata: encodeSourceMark(mark) }
    await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [marked] }] })
    seat.ranges.marked(mark)
  }
}

function madeAnew(topic: string, partition: number): LcError {
  return new LcError(
    'LC_KAFKA_SOURCE_ANEW',
    `Partition ${partition} of ${topic} ends before what was already read: the topic was made anew, or lost messages.`,
    'Give the source another id to read it as a new one, or another group-id once the offsets have passed those read.',
  )
}
