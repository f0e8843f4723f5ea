import { setImmediate as nextTurn } from 'node:timers/promises'
import { PART_BYTES, PART_RECORDS } from '../../services/domain/block.ts'
import type { Call } from '../../services/domain/call.ts'
import type { Catalogue, Source } from '../../services/domain/catalogue.ts'
import type { Outcome } from '../../services/domain/outcome.ts'
import { unparsed } from '../../services/domain/outcome.ts'
import type { Topic } from '../../services/domain/topic.ts'
import type { BlockBuilder } from '../block/block-builder.ts'
import type { KeyDigest } from '../normalise/key-digest.ts'
import { NormaliserMemory } from '../normalise/memory.ts'
import type { RecordReader } from '../records/record.ts'
import { type LogRecord, RecordSplitter } from '../records/split.ts'
import { partitionOf } from '../topic/repeats.ts'
import { Lane } from './lane.ts'
import { createSourceReader, type SourceReader } from './source-reader.ts'
import { emptyReceipt, PartTally, type Receipt } from './tallies.ts'

/** Parts of one upload that may wait for the topic at once; bounds what a large body holds. */
const PARTS_WAITING = 16

export interface TakenBody {
  readonly receipt: Receipt
  /** Every call carries a request id or a sub-second time: an equal body can only be a resend. */
  readonly distinct: boolean
}

/** Lines of which nothing was kept, and what became of them. */
export interface Counted {
  readonly outcome: Outcome<never>
  readonly lines: number
}

export interface CollectorOptions {
  readonly topic: Topic
  readonly digest: KeyDigest
  readonly catalogue: Catalogue
  /** Told of every part that stands on the topic: metrics. */
  readonly onPart?: (source: string, tally: PartTally) => void
}

/**
 * Turns uploads into blocks on the topic. What resolves here is durable there: the door may then answer 200.
 * The catalogue may change at any time (`useCatalogue`); a part is read whole under one.
 */
export class Collector {
  readonly #topic: Topic
  readonly #digest: KeyDigest
  readonly #lanes: Lane[]
  readonly #onPart: (source: string, tally: PartTally) => void
  /** Caps of distinct texts, for all sources; kept over a reload. */
  readonly #memory = new NormaliserMemory()
  #catalogue: Catalogue
  #readers = new Map<string, SourceReader>()

  constructor(options: CollectorOptions) {
    this.#topic = options.topic
    this.#digest = options.digest
    this.#catalogue = options.catalogue
    this.#onPart = options.onPart ?? (() => {})
    this.#lanes = Array.from({ length: options.topic.partitions }, (_, partition) => new Lane(options.topic, partition))
  }

  get catalogue(): Catalogue {
    return this.#catalogue
  }

  /** The topic takes blocks now. */
  accepts(): boolean {
    return this.#topic.accepts()
  }

  useCatalogue(catalogue: Catalogue): void {
    this.#catalogue = catalogue
    this.#readers = new Map()
  }

  /**
   * Takes one decoded body, or the records read in it, under its upload key (hex). `received` is milliseconds UTC.
   * An empty body is a heartbeat: its sender is alive and has nothing more up to now.
   * Rejects with LC_TOPIC_FULL or LC_TOPIC_DOWN; parts already sent are repeats when the sender comes again.
   */
  async takeBody(source: Source, key: string, body: Buffer | RecordReader, received: number): Promise<TakenBody> {
    const receipt = emptyReceipt()
    const lane = this.#laneOf(key)
    const records = Buffer.isBuffer(body) ? recordsOf(body) : body
    const waiting: Promise<void>[] = []
    const seen = { distinct: true }
    let next = records.read()
    for (let part = 1; next !== undefined; part += 1) {
      const tally = new PartTally()
      const first: LogRecord = next
      waiting.push(
        lane.put(source.id, this.#catalogue.revision, builder => {
          next = this.#readPart(source, first, () => records.read(), received, builder, tally, seen)
          return { key, part, of: next === undefined ? part : 0, tallies: tally.tallies(received) }
        }),
      )
      tally.addTo(receipt)
      if (waiting.length >= PARTS_WAITING) await waiting.shift()
      if (next !== undefined) await nextTurn()
      this.#onPart(source.id, tally)
    }
    await Promise.all(waiting)
    if (receipt.lines === 0) await lane.beat(source.id, this.#catalogue.revision, { through: received })
    return { receipt, distinct: seen.distinct && receipt.calls > 0 }
  }

  /** A body that would not decompress: one line that could not be read. */
  async takeBroken(source: Source, key: string, received: number): Promise<TakenBody> {
    const tally = new PartTally()
    tally.count(unparsed('encoding'))
    const receipt = emptyReceipt()
    tally.addTo(receipt)
    await this.#laneOf(key).put(source.id, this.#catalogue.revision, () => ({
      key,
      part: 1,
      of: 1,
      tallies: tally.tallies(received),
    }))
    this.#onPart(source.id, tally)
    return { receipt, distinct: false }
  }

  /**
   * Takes the records of one byte range of a source with positions (a followed or imported file). Ranges of one
   * identity come in order and one at a time; `from` and `to` are positions in the decoded file.
   */
  async takeRange(
    source: Source,
    identity: string,
    range: { readonly from: number; readonly to: number; readonly records: readonly LogRecord[] },
    received: number,
  ): Promise<Receipt> {
    const tally = new PartTally()
    const receipt = emptyReceipt()
    const lane = this.#laneOf(identity)
    await lane.put(source.id, this.#catalogue.revision, builder => {
      for (const record of range.records) this.#readOne(source, record, received, builder, tally)
      return { key: identity, part: range.to, from: range.from, of: 0, tallies: tally.tallies(received) }
    })
    tally.addTo(receipt)
    this.#onPart(source.id, tally)
    return receipt
  }

  /**
   * Takes whole records that stand for themselves (datagrams, messages of a stream) as one upload of one part: at most
   * PART_RECORDS of them, and lines of which nothing was kept (`others`). Again with the same key it is a repeat. Rejects as `takeBody` does.
   */
  async takeRecords(
    source: Source,
    key: string,
    records: readonly LogRecord[],
    others: Iterable<Counted>,
    received: number,
  ): Promise<Receipt> {
    const tally = new PartTally()
    const receipt = emptyReceipt()
    await this.#laneOf(key).put(source.id, this.#catalogue.revision, builder => {
      for (const record of records) {
        const before = tally.lines
        this.#readOne(source, record, received, builder, tally)
        // A header with nothing behind it: it came, so it is a line.
        if (tally.lines === before) tally.count(unparsed('unknown-format'))
      }
      for (const { outcome, lines } of others) tally.count(outcome, lines)
      return { key, part: 1, of: 1, tallies: tally.tallies(received) }
    })
    tally.addTo(receipt)
    this.#onPart(source.id, tally)
    return receipt
  }

  /** A followed file has been read to its end: everything up to `through` (milliseconds UTC) is in. */
  beat(source: Source, identity: string, through: number): Promise<void> {
    return this.#laneOf(identity).beat(source.id, this.#catalogue.revision, { through })
  }

  #laneOf(key: string): Lane {
    const lane = this.#lanes[partitionOf(key, this.#topic.partitions)]
    if (lane === undefined) throw new Error('invariant: a key hashed outside the partitions')
    return lane
  }

  /** Reads records into the builder up to the part's end; returns the first record of the next part. */
  #readPart(
    source: Source,
    first: LogRecord,
    read: () => LogRecord | undefined,
    received: number,
    builder: BlockBuilder,
    tally: PartTally,
    seen: { distinct: boolean },
  ): LogRecord | undefined {
    let record: LogRecord | undefined = first
    let records = 0
    while (record !== undefined) {
      const end: number = record.end
      this.#readOne(source, record, received, builder, tally, seen)
      records += 1
      record = read()
      if (end - first.start >= PART_BYTES || records >= PART_RECORDS) break
    }
    return record
  }

  #readOne(
    source: Source,
    record: LogRecord,
    received: number,
    builder: BlockBuilder,
    tally: PartTally,
    seen?: { distinct: boolean },
  ): void {
    this.#readerOf(source).read(record, received, (_format: string, outcome: Outcome<Call>) => {
      tally.count(outcome)
      if (outcome.kind !== 'ok') return
      builder.add(outcome.value)
      if (seen !== undefined && outcome.value.requestId === '' && outcome.value.time % 1000 === 0) seen.distinct = false
    })
  }

  #readerOf(source: Source): SourceReader {
    let reader = this.#readers.get(source.id)
    if (reader === undefined) {
      reader = createSourceReader(this.#catalogue, source, this.#digest, this.#memory)
      this.#readers.set(source.id, reader)
    }
    return reader
  }
}

function recordsOf(body: Buffer): RecordReader {
  const splitter = new RecordSplitter()
  splitter.push(body)
  splitter.end()
  return splitter
}
