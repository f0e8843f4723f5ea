import { randomUUID } from 'node:crypto'
import { PART_BYTES, PART_RECORDS } from '../../services/domain/block.ts'
import type { Source } from '../../services/domain/catalogue.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { Drop, Outcome, Unparsed } from '../../services/domain/outcome.ts'
import { type Log, RareLog } from '../../services/platform/log.ts'
import type { Collector } from '../collect/collector.ts'
import { type LogRecord, recordOf } from '../records/record.ts'
import { uploadKeyOf } from '../topic/repeats.ts'
import type { Sink } from './syslog-frames.ts'

/** How long records are gathered before they go to the topic together. */
const GATHER_MS = 200
/** Batches that wait for the topic at once. */
const SENDING = 4
const RETRY_MS = 500
const SLAB_BYTES = 65_536
/** What a record costs beside its bytes. */
const OVERHEAD_BYTES = 256
const MINUTE = 60_000

/** New at every start: with a counter the key of a batch, for syslog never sends a body again (design §6). */
const PROCESS = randomUUID()
let batches = 0

interface Batch {
  readonly records: LogRecord[]
  readonly others: Map<string, { outcome: Outcome<never>; lines: number }>
  /** Milliseconds UTC of its first record. */
  readonly received: number
  bytes: number
  /** Gathered long enough: goes as soon as there is a place. */
  ripe: boolean
}

export interface BatchesOptions {
  readonly collector: Collector
  readonly clock: Clock
  readonly log: Log
  /** Bytes to hold at most; beyond it `full` is true. */
  readonly limitBytes: number
  /** Told when there is room again after `full`. */
  readonly onRoom?: () => void
}

/**
 * Gathers messages of one source into uploads: up to 200 ms, 1,000 records or 256 KB, each its own key. A batch the
 * topic refuses is tried again under the same key until it stands there. Holds about `limitBytes`: whoever adds asks
 * `full` first.
 */
export class Batches implements Sink {
  readonly #source: () => Source
  readonly #options: BatchesOptions
  readonly #trouble = new RareLog(MINUTE)
  readonly #given = new AbortController()
  #open: Batch | undefined
  readonly #waiting: Batch[] = []
  readonly #sending = new Set<Batch>()
  #held = 0
  #slab: Buffer = Buffer.alloc(0)
  readonly #idle: (() => void)[] = []

  /** `source` is asked for each batch: a reload may have changed how it is read. */
  constructor(source: () => Source, options: BatchesOptions) {
    this.#source = source
    this.#options = options
  }

  get full(): boolean {
    return this.#held >= this.#options.limitBytes
  }

  add(bytes: Buffer): void {
    const batch = this.#batch()
    batch.records.push(recordOf(this.#copy(bytes)))
    batch.bytes += bytes.length + OVERHEAD_BYTES
    this.#held += bytes.length + OVERHEAD_BYTES
    if (batch.records.length >= PART_RECORDS || batch.bytes - batch.records.length * OVERHEAD_BYTES >= PART_BYTES)
      this.#close()
  }

  count(outcome: Drop | Unparsed, lines = 1): void {
    const { others } = this.#batch()
    const known = others.get(outcome.reason)
    if (known === undefined) others.set(outcome.reason, { outcome, lines })
    else known.lines += lines
  }

  /** Sends what is here and waits for it, at most `ms`. Resolves with the number of lines that did not get there. */
  async flush(ms: number): Promise<number> {
    this.#close()
    if (this.#sending.size > 0) {
      const done = new Promise<void>(resolve => this.#idle.push(resolve))
      await Promise.race([done, this.#options.clock.sleep(ms, this.#given.signal).catch(() => {})])
    }
    this.#given.abort()
    return [...this.#sending, ...this.#waiting].reduce((sum, batch) => sum + linesOf(batch), 0)
  }

  #batch(): Batch {
    if (this.#open !== undefined) return this.#open
    const { clock } = this.#options
    const batch: Batch = { records: [], others: new Map(), received: clock.now(), bytes: 0, ripe: false }
    this.#open = batch
    clock.sleep(GATHER_MS, this.#given.signal).then(
      () => {
        batch.ripe = true
        this.#dispatch()
      },
      () => {},
    )
    return batch
  }

  #close(): void {
    if (this.#open === undefined) return
    this.#waiting.push(this.#open)
    this.#open = undefined
    this.#dispatch()
  }

  /** While the topic is slow, what is open goes on filling: few full batches, not many small ones. */
  #next(): Batch | undefined {
    const waiting = this.#waiting.shift()
    const open = this.#open
    if (waiting !== undefined || !open?.ripe) return waiting
    this.#open = undefined
    return open
  }

  #dispatch(): void {
    while (this.#sending.size < SENDING) {
      const batch = this.#next()
      if (batch === undefined) return
      this.#sending.add(batch)
      void this.#send(batch).then(() => this.#sent(batch))
    }
  }

  #sent(batch: Batch): void {
    if (this.#given.signal.aborted) return
    const wasFull = this.full
    this.#sending.delete(batch)
    this.#held -= batch.bytes
    this.#dispatch()
    if (wasFull && !this.full) this.#options.onRoom?.()
    if (this.#sending.size === 0) for (const tell of this.#idle.splice(0)) tell()
  }

  async #send(batch: Batch): Promise<void> {
    const { collector, clock, log } = this.#options
    const { signal } = this.#given
    const source = this.#source()
    batches += 1
    const key = uploadKeyOf({ source: source.id, process: PROCESS, counter: batches })
    while (!signal.aborted) {
      try {
        if (collector.accepts()) {
          await collector.takeRecords(this.#source(), key, batch.records, batch.others.values(), batch.received)
          return
        }
      } catch (error) {
        const known = error instanceof LcError && error.code.startsWith('LC_TOPIC_')
        this.#trouble.say(clock.now(), times =>
          log.warn(
            { source: source.id, times, ...(known ? { code: error.code } : { err: error }) },
            'syslog lines wait',
          ),
        )
      }
      await clock.sleep(RETRY_MS, signal).catch(() => {})
    }
  }

  /** Records outlive the chunk they came in, and must not hold all of it. */
  #copy(bytes: Buffer): Buffer {
    if (bytes.length > this.#slab.length) this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, bytes.length))
    const copy = this.#slab.subarray(0, bytes.length)
    bytes.copy(copy)
    this.#slab = this.#slab.subarray(bytes.length)
    return copy
  }
}

function linesOf({ records, others }: Batch): number {
  let lines = records.length
  for (const other of others.values()) lines += other.lines
  return lines
}
