import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { Consumption, TopicHandler } from '../../services/domain/topic.ts'
import {
  type Consumer,
  type EachBatchPayload,
  type Kafka,
  kafkaErrorType,
  watchedAssigner,
} from '../../services/platform/kafka.ts'
import type { Log } from '../../services/platform/log.ts'
import { encodeMark } from './kafka-mark.ts'
import { Seat } from './kafka-seat.ts'
import { fenced, PartitionLoop } from './partition-loop.ts'

export interface KafkaConsumptionOptions {
  readonly kafka: Kafka
  readonly topic: string
  readonly group: string
  /** Offset and text that stand in the group for a partition. */
  readonly committed: (partition: number) => Promise<{ readonly offset: bigint; readonly text: string }>
  readonly handler: TopicHandler
  readonly clock: Clock
  readonly log: Log
  readonly gatherMs: number
  readonly batch: { readonly bytes: number; readonly blocks: number }
  /** Fetched bytes kept of one partition. */
  readonly bufferBytes: number
  readonly sessionMs: number
  readonly acceptMoved: boolean
  readonly onFault: (partition: number, error: unknown) => void
}

/** Longest wait of a fetch, and so of a stop. */
const FETCH_WAIT_MS = 250
/** Packed bytes fetched of one partition at a time. */
const FETCH_BYTES = 1024 * 1024
/** Packed bytes of one fetch of all partitions. */
const FETCH_BYTES_ALL = 4 * 1024 * 1024
const RETRY_MS = 1_000
/** What a broker answers to a commit of a member whose time is over. */
const FENCED = new Set(['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'REBALANCE_IN_PROGRESS', 'FENCED_INSTANCE_ID'])

/**
 * A member of the store's group. kafkajs only fetches and keeps the membership alive; the work on a partition runs in
 * a loop of its own, so that a slow partition holds up no other and no heartbeat. Whatever belongs to one generation
 * of the group is void from the moment the next join is asked for: a commit is sent with the generation it was
 * decided in, or not at all.
 */
export class KafkaConsumption implements Consumption {
  readonly #options: KafkaConsumptionOptions
  readonly #stopping = new AbortController()
  readonly #ended: Promise<void>
  /** Loops that finish their last call; the next one of their partition waits for them. */
  readonly #ending = new Map<number, Promise<void>>()
  /** No new work: what runs is finished. */
  #draining = false
  #generation = 0
  /** Partitions of this generation; none while the group is being joined. */
  #assigned: ReadonlySet<number> = new Set()
  #places = new Map<number, { readonly seat: Seat; readonly loop: PartitionLoop | undefined }>()

  constructor(options: KafkaConsumptionOptions) {
    this.#options = options
    this.#ended = this.#run()
  }

  async stop(): Promise<void> {
    if (!this.#draining) {
      this.#draining = true
      const loops = [...this.#places.values()].map(({ loop }) => loop?.stop())
      await Promise.all([...loops, ...this.#ending.values()])
      this.#stopping.abort()
    }
    await this.#ended
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#options
    while (!this.#stopping.signal.aborted) {
      const consumer = this.#create()
      try {
        await this.#live(consumer)
      } catch (error) {
        log.warn({ error: String(error) }, 'kafka: the consumer could not begin; tried again')
      } finally {
        this.#leave()
        await consumer.disconnect().catch(() => {})
      }
      if (!this.#stopping.signal.aborted) await clock.sleep(RETRY_MS, this.#stopping.signal).catch(() => {})
    }
    await Promise.all(this.#ending.values())
  }

  #create(): Consumer {
    const { kafka, group, sessionMs } = this.#options
    return kafka.consumer({
      groupId: group,
      sessionTimeout: sessionMs,
      rebalanceTimeout: sessionMs * 2,
      heartbeatInterval: Math.floor(sessionMs / 6),
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: FETCH_BYTES,
      maxBytes: FETCH_BYTES_ALL,
      allowAutoTopicCreation: false,
      partitionAssigners: [watchedAssigner(() => this.#leave())],
    })
  }

  /** Resolves when it is over: asked to stop, or kafkajs gave up. */
  async #live(consumer: Consumer): Promise<void> {
    const over = Promise.withResolvers<void>()
    const stop = (): void => over.resolve()
    this.#stopping.signal.addEventListener('abort', stop, { once: true })
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.#assigned = new Set(payload.memberAssignment[this.#options.topic] ?? [])
      consumer.resume([{ topic: this.#options.topic }])
    })
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      this.#leave()
      if (!payload.restart) over.resolve()
    })
    try {
      await consumer.connect()
      await consumer.subscribe({ topics: [this.#options.topic], fromBeginning: true })
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 16,
        eachBatch: payload => this.#take(consumer, payload),
      })
      await over.promise
    } finally {
      this.#stopping.signal.removeEventListener('abort', stop)
    }
  }

  /** This generation is over: its leases are void, its buffers forgotten. */
  #leave(): void {
    this.#generation++
    this.#assigned = new Set()
    for (const [partition, { loop }] of this.#places) if (loop !== undefined) this.#ending.set(partition, loop.fence())
    this.#places = new Map()
  }

  async #take(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { batch, resolveOffset } = payload
    const { partition } = batch
    const generation = this.#generation
    const current = () => generation === this.#generation && this.#assigned.has(partition) && !this.#draining
    const first = batch.messages[0]
    if (first === undefined || !current()) return
    const seat = this.#places.get(partition)?.seat ?? this.#seat(consumer, payload, generation)
    try {
      await seat.load(BigInt(first.offset))
    } catch (error) {
      this.#options.onFault(partition, error)
      await this.#options.clock.sleep(RETRY_MS / 4, this.#stopping.signal).catch(() => {})
      return
    }
    // While it was loaded the group may have changed: then this belongs to nobody.
    if (!current()) return
    const place = this.#places.get(partition)
    const from = seat.take(batch.messages, BigInt(batch.highWatermark))
    if (from !== undefined) {
      consumer.seek({ topic: batch.topic, partition, offset: String(from) })
      return
    }
    resolveOffset(batch.lastOffset())
    if (seat.full) consumer.pause([{ topic: batch.topic, partitions: [partition] }])
    if (place?.loop === undefined) this.#places.set(partition, { seat, loop: this.#loop(partition, seat) })
    else place.loop.notify()
  }

  #seat(consumer: Consumer, payload: EachBatchPayload, generation: number): Seat {
    const { topic, committed, batch, bufferBytes, acceptMoved } = this.#options
    const { partition } = payload.batch
    const seat = new Seat({
      partition,
      load: () => committed(partition),
      commit: async (offset, logTime, metadata) => {
        const marked = { partition, offset: String(offset), metadata: encodeMark(offset, { logTime, metadata }) }
        // From this check to kafkajs taking its generation down nothing else runs: it is the same one.
        if (generation !== this.#generation) throw fenced(partition)
        await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [marked] }] }).catch(error => {
          throw commitFault(partition, error)
        })
      },
      onRoom: () => {
        if (generation === this.#generation) consumer.resume([{ topic, partitions: [partition] }])
      },
      bufferBytes,
      batch,
      acceptMoved,
    })
    this.#places.set(partition, { seat, loop: undefined })
    return seat
  }

  #loop(partition: number, source: Seat): PartitionLoop {
    const { handler, clock, gatherMs, onFault } = this.#options
    const after = this.#ending.get(partition)
    this.#ending.delete(partition)
    return new PartitionLoop({
      partition,
      source,
      handler,
      clock,
      gatherMs,
      onFault,
      ...(after === undefined ? {} : { after }),
    })
  }
}

function commitFault(partition: number, error: unknown): LcError {
  if (FENCED.has(kafkaErrorType(error))) return fenced(partition, error)
  return new LcError(
    'LC_TOPIC_DOWN',
    `Kafka did not take the commit of partition ${partition}: ${error instanceof Error ? error.message : error}.`,
    'See the brokers; it is tried again by itself.',
    3,
    { cause: error },
  )
}
