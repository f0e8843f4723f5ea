import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import { kafkaErrorType, type Message, type Producer, ZSTD } from '../../services/platform/kafka.ts'
import type { Log } from '../../services/platform/log.ts'

export interface LaneOptions {
  readonly topic: string
  /** A fresh producer, not connected: idempotent, one request in flight. */
  readonly producer: () => Producer
  readonly clock: Clock
  readonly log: Log
  /** After this long without an acknowledgement senders are told, and refused at once until one comes. */
  readonly ackTimeoutMs: number
  /** Bytes that may wait. */
  readonly waitingBytes: number
}

interface Waiting {
  readonly messages: readonly Message[]
  readonly bytes: number
  readonly since: number
  readonly done: PromiseWithResolvers<void>
}

/** Bytes of one request, before compression. */
const SEND_BYTES = 2 * 1024 * 1024
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000
/** The broker no longer knows the producer's sequence: only a new producer can go on. */
const LOST_SEQUENCE = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'DUPLICATE_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
])
const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'])

/**
 * One producer with one send outstanding, and the same messages again until they are acknowledged: with two, kafkajs
 * gives a lost send's sequence numbers to another one, which the broker then takes for the repeat (a test shows it).
 * Senders are not kept waiting for ever: they are told after a while, the messages are still sent.
 */
export class KafkaLane {
  readonly #options: LaneOptions
  readonly #stop = new AbortController()
  #queue: Waiting[] = []
  /** What is being sent; its senders may have been told already. */
  #sending: readonly Waiting[] = []
  #waitingBytes = 0
  #running: Promise<void> | undefined
  #producer: Producer | undefined
  #stuck = false
  #watching = false

  constructor(options: LaneOptions) {
    this.#options = options
  }

  accepts(): boolean {
    return !this.#stuck && this.#waitingBytes <= this.#options.waitingBytes && !this.#stop.signal.aborted
  }

  append(messages: readonly Message[]): Promise<void> {
    if (!this.accepts()) return Promise.reject(down(this.#stuck ? 'no acknowledgement comes' : 'too much waits for it'))
    const bytes = messages.reduce((sum, { value }) => sum + (value?.length ?? 0) + 512, 0)
    const waiting = { messages, bytes, since: this.#options.clock.now(), done: Promise.withResolvers<void>() }
    this.#queue.push(waiting)
    this.#waitingBytes += bytes
    this.#running ??= this.#run()
    void this.#watch()
    return waiting.done.promise
  }

  /** Gives what waits `graceMs` to be acknowledged, then refuses it. */
  async close(graceMs: number): Promise<void> {
    if (this.#running !== undefined) await this.#atMost(graceMs, this.#running)
    this.#stop.abort()
    this.#refuse(down('this process is stopping'))
    // A broker that hangs must not hold up the end.
    await this.#atMost(graceMs, Promise.all([this.#running, this.#producer?.disconnect().catch(() => {})]))
  }

  async #atMost(ms: number, work: Promise<unknown>): Promise<void> {
    const done = new AbortController()
    await Promise.race([work, this.#options.clock.sleep(ms, done.signal).catch(() => {})])
    done.abort()
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0 && !this.#stop.signal.aborted) {
      this.#sending = this.#group()
      const messages = this.#sending.flatMap(one => one.messages)
      const refused = await this.#deliver(messages)
      for (const { done } of this.#sending) refused === undefined ? done.resolve() : done.reject(refused)
      for (const { bytes } of this.#sending) this.#waitingBytes -= bytes
      this.#sending = []
    }
    this.#running = undefined
  }

  #group(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const waiting of this.#queue) {
      if (count > 0 && bytes + waiting.bytes > SEND_BYTES) break
      bytes += waiting.bytes
      count++
    }
    return this.#queue.splice(0, count)
  }

  /** Undefined once all of them are acknowledged; an error only for what no broker will ever take, or at the end. */
  async #deliver(messages: readonly Message[]): Promise<LcError | undefined> {
    const { topic, clock, log } = this.#options
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        const producer = await this.#connected()
        await producer.send({ topic, messages: [...messages], acks: -1, compression: ZSTD })
        this.#stuck = false
        return undefined
      } catch (error) {
        const type = kafkaErrorType(error)
        if (TOO_LARGE.has(type)) return this.#split(messages)
        log.warn(
          { error: String(error), messages: messages.length },
          'kafka: not acknowledged; the same messages are sent again',
        )
        if (LOST_SEQUENCE.has(type)) await this.#renew()
        if (this.#stop.signal.aborted) return down('this process is stopping')
        await clock.sleep(pause, this.#stop.signal).catch(() => {})
        if (this.#stop.signal.aborted) return down('this process is stopping')
      }
    }
  }

  /** A batch too large for the broker was not written: its halves are sent one after the other. */
  async #split(messages: readonly Message[]): Promise<LcError | undefined> {
    if (messages.length === 1) {
      return new LcError(
        'LC_TOPIC_TOO_LARGE',
        'A block is larger than the topic takes.',
        'Raise `max.message.bytes` of the topic and `message.max.bytes` of its brokers to 16 MiB.',
      )
    }
    const half = messages.length >> 1
    const first = await this.#deliver(messages.slice(0, half))
    const second = await this.#deliver(messages.slice(half))
    return first ?? second
  }

  async #connected(): Promise<Producer> {
    if (this.#producer === undefined) {
      const producer = this.#options.producer()
      try {
        await producer.connect()
      } catch (error) {
        await producer.disconnect().catch(() => {})
        throw error
      }
      this.#producer = producer
    }
    return this.#producer
  }

  async #renew(): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    await producer?.disconnect().catch(() => {})
  }

  /** Tells senders that wait too long, as long as any wait. */
  async #watch(): Promise<void> {
    if (this.#watching) return
    this.#watching = true
    const { clock, ackTimeoutMs } = this.#options
    while (this.#running !== undefined && !this.#stop.signal.aborted) {
      await clock.sleep(Math.min(ackTimeoutMs / 4, 250), this.#stop.signal).catch(() => {})
      const oldest = this.#sending[0]
      if (oldest === undefined || clock.now() - oldest.since < ackTimeoutMs) continue
      this.#stuck = true
      this.#refuse(down('no acknowledgement comes'))
    }
    this.#watching = false
  }

  /** What was never sent is forgotten, what is being sent goes on: it may stand already. */
  #refuse(error: LcError): void {
    for (const { done, bytes } of this.#queue.splice(0)) {
      done.reject(error)
      this.#waitingBytes -= bytes
    }
    for (const { done } of this.#sending) done.reject(error)
  }
}

function down(why: string): LcError {
  return new LcError(
    'LC_TOPIC_DOWN',
    `Kafka does not take blocks: ${why}.`,
    'See the brokers; it is tried again by itself.',
  )
}
