import { type Block, TOPIC } from '../../services/domain/block.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { Consumption, Topic, TopicHandler } from '../../services/domain/topic.ts'
import { createKafka, type Kafka, type KafkaSettings, laneProducer } from '../../services/platform/kafka.ts'
import type { Log } from '../../services/platform/log.ts'
import { messagesOver } from '../../services/platform/trace-messages.ts'
import { KafkaAdmin } from './kafka-admin.ts'
import { KafkaConsumption } from './kafka-consumption.ts'
import { KafkaLane } from './kafka-lane.ts'
import { messageOf } from './kafka-message.ts'

export interface KafkaTopicOptions {
  readonly kafka: KafkaSettings
  readonly clock: Clock
  readonly log: Log
  /** Fixed for the topic's life; default 12. */
  readonly partitions?: number
  /** Default `lastcall.calls.v1`. */
  readonly topic?: string
  /** The store's consumer group; default `lastcall.store`. */
  readonly group?: string
  /** Of a topic made here; default 7 days. */
  readonly retentionMs?: number
  /** Producers, each with one send outstanding; a partition always goes by the same one. Default: one a partition, 8 at most. */
  readonly lanes?: number
  /** After this long without an acknowledgement `append` rejects; default 10,000. */
  readonly ackTimeoutMs?: number
  /** Bytes that may wait in one lane; default 16 MiB. */
  readonly waitingBytes?: number
  /** Least time between two calls of a partition's handler; default 500. */
  readonly gatherMs?: number
  /** What one call of the handler is given at most; default 16 MiB and 512 blocks. */
  readonly batch?: { readonly bytes: number; readonly blocks: number }
  /** Fetched bytes kept in memory, all partitions together; default 192 MiB. */
  readonly bufferBytes?: number
  /** Without a heartbeat for this long a member is out of the group; default 30,000. */
  readonly sessionMs?: number
  /** How long opening waits for the cluster; default 10,000. It is not needed to open. */
  readonly openMs?: number
  /** What is appended before closing has this long to be acknowledged; default 5,000. */
  readonly closeMs?: number
  /** Go on where the group or the log stands, although blocks are missing: a person accepted the loss. */
  readonly acceptMoved?: boolean
  /** Told when a handler threw or a partition cannot go on; it is offered again by itself. */
  readonly onFault?: (partition: number, error: unknown) => void
}

const RETRY_MS = 1_000
const MOST_LANES = 8
const BUFFER_BYTES = 192 * 1024 * 1024

/**
 * The topic on Kafka. Opens also while the brokers are away: it does not accept then, and finds them by itself.
 * Throws LC_TOPIC_PARTITIONS and LC_TOPIC_TIMESTAMPS when the topic is there and of another shape.
 */
export async function openKafkaTopic(options: KafkaTopicOptions): Promise<Topic> {
  messagesOver('kafka')
  const topic = new KafkaTopic(options)
  try {
    await topic.opened(options.openMs ?? 10_000)
    return topic
  } catch (error) {
    await topic.close()
    throw error
  }
}

class KafkaTopic implements Topic {
  readonly partitions: number
  readonly #options: KafkaTopicOptions
  readonly #name: string
  readonly #kafka: Kafka
  readonly #admin: KafkaAdmin
  readonly #lanes: readonly KafkaLane[]
  readonly #closed = new AbortController()
  readonly #ready: Promise<void>
  #isReady = false
  #consumption: KafkaConsumption | undefined
  #closing: Promise<void> | undefined

  constructor(options: KafkaTopicOptions) {
    const { clock, log, partitions = 12, topic = TOPIC } = options
    this.partitions = partitions
    this.#options = options
    this.#name = topic
    this.#kafka = createKafka(options.kafka, log)
    this.#admin = new KafkaAdmin(this.#kafka)
    const lane = {
      topic,
      producer: () => laneProducer(this.#kafka),
      clock,
      log,
      ackTimeoutMs: options.ackTimeoutMs ?? 10_000,
      waitingBytes: options.waitingBytes ?? 16 * 1024 * 1024,
    }
    const lanes = Math.min(options.lanes ?? MOST_LANES, partitions)
    this.#lanes = Array.from({ length: lanes }, () => new KafkaLane(lane))
    this.#ready = this.#findTopic()
    this.#ready.catch(() => {}) // told by `opened`, or by the first append
  }

  /** Resolves when the topic is there, or after `ms`. */
  async opened(ms: number): Promise<void> {
    const ready = new AbortController()
    const signal = AbortSignal.any([ready.signal, this.#closed.signal])
    await Promise.race([this.#ready, this.#options.clock.sleep(ms, signal).catch(() => {})])
    ready.abort()
  }

  async append(partition: number, blocks: readonly Block[]): Promise<void> {
    if (!Number.isInteger(partition) || partition < 0 || partition >= this.partitions)
      throw new RangeError(`no partition ${partition}`)
    if (this.#closing !== undefined) throw down('it is closed')
    if (blocks.length === 0) return
    if (!this.#isReady) throw down('its brokers were not reached yet')
    await this.#laneOf(partition).append(blocks.map(block => messageOf(partition, block)))
  }

  accepts(): boolean {
    return this.#isReady && this.#closing === undefined && this.#lanes.every(lane => lane.accepts())
  }

  async consume(handler: TopicHandler): Promise<Consumption> {
    if (this.#closing !== undefined) throw down('it is closed')
    if (this.#consumption !== undefined) throw new Error('invariant: the topic is consumed once at a time')
    const { clock, log, group = 'lastcall.store', sessionMs = 30_000, gatherMs = 500 } = this.#options
    const consumption = new KafkaConsumption({
      kafka: this.#kafka,
      topic: this.#name,
      group,
      committed: partition => this.#admin.committed(group, this.#name, partition),
      handler,
      clock,
      log,
      gatherMs,
      batch: this.#options.batch ?? { bytes: 16 * 1024 * 1024, blocks: 512 },
      bufferBytes: (this.#options.bufferBytes ?? BUFFER_BYTES) / this.partitions,
      sessionMs,
      acceptMoved: this.#options.acceptMoved ?? false,
      onFault: this.#options.onFault ?? (() => {}),
    })
    this.#consumption = consumption
    return {
      stop: async () => {
        await consumption.stop()
        if (this.#consumption === consumption) this.#consumption = undefined
      },
    }
  }

  async ends(): Promise<readonly bigint[]> {
    // Who asks now would open a connection that nobody closes.
    if (this.#closing !== undefined) throw down('it is closed')
    return this.#admin.ends(this.#name, this.partitions)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#consumption?.stop()
    await Promise.all(this.#lanes.map(lane => lane.close(this.#options.closeMs ?? 5_000)))
    this.#closed.abort()
    await this.#ready.catch(() => {})
    await this.#admin.close().catch(() => {})
  }

  /** Our own loop: kafkajs gives up after ten seconds. Rejects only for a topic of another shape. */
  async #findTopic(): Promise<void> {
    const { clock, log, retentionMs = 7 * 86_400_000 } = this.#options
    while (!this.#closed.signal.aborted) {
      try {
        await this.#admin.ensure({ topic: this.#name, partitions: this.partitions, retentionMs })
        this.#isReady = true
        return
      } catch (error) {
        if (error instanceof LcError && error.exit === 2) throw error
        log.warn({ error: String(error) }, 'kafka: the topic was not found; tried again')
        await clock.sleep(RETRY_MS, this.#closed.signal).catch(() => {})
      }
    }
  }

  #laneOf(partition: number): KafkaLane {
    const lane = this.#lanes[partition % this.#lanes.length]
    if (lane === undefined) throw new Error('invariant: a topic without lanes')
    return lane
  }
}

function down(why: string): LcError {
  return new LcError(
    'LC_TOPIC_DOWN',
    `Kafka does not take blocks: ${why}.`,
    'See the brokers; it is tried again by itself.',
  )
}
