import type { Block, Heartbeat, UploadPart } from '../../services/domain/block.ts'
import { PART_BYTES, PART_RECORDS, SCHEMA_VERSION } from '../../services/domain/block.ts'
import type { Topic } from '../../services/domain/topic.ts'
import { traceSend, UploadPlaces } from '../../services/platform/trace-messages.ts'
import { BlockBuilder } from '../block/block-builder.ts'

/** A part as its writer knows it; the lane adds where its rows lie in the block. */
export type PartLabel = Omit<UploadPart, 'first' | 'rows'>

interface OpenBlock {
  readonly builder: BlockBuilder
  readonly source: string
  readonly catalogue: string
  readonly uploads: UploadPart[]
  readonly done: PromiseWithResolvers<void>
  /** The uploads in it that are traced; undefined while tracing is off. */
  readonly traced: UploadPlaces | undefined
  heartbeat: Heartbeat | undefined
}

/** Two fill in turn while blocks are small; more would only hold memory. */
const SPARE = 2

/**
 * The way to one partition: parts become blocks of one source, blocks go out one append at a time.
 * While an append is under way the next block fills, so that many small uploads share one; a block
 * closes only between parts. Nothing waits for a clock: an idle lane sends at once.
 */
export class Lane {
  readonly #topic: Topic
  readonly #partition: number
  readonly #open = new Map<string, OpenBlock>()
  #full: OpenBlock[] = []
  /** Builders whose block has gone out: their buffers serve the next one. */
  readonly #spare: BlockBuilder[] = []
  #sending = false
  #scheduled = false

  constructor(topic: Topic, partition: number) {
    this.#topic = topic
    this.#partition = partition
  }

  /**
   * Writes one part. `fill` adds its rows to the builder and returns its label; it must be synchronous.
   * Resolves when the part's block stands durably on the topic, rejects when that cannot be said.
   */
  put(source: string, catalogue: string, fill: (builder: BlockBuilder) => PartLabel): Promise<void> {
    const block = this.#blockOf(source, catalogue)
    const first = block.builder.rows
    try {
      const label = fill(block.builder)
      block.uploads.push({ ...label, first, rows: block.builder.rows - first })
      block.traced?.add()
    } catch (error) {
      // Half a part must not travel: the whole block is refused, its senders repeat.
      this.#open.delete(source)
      block.done.reject(error)
      return block.done.promise
    }
    if (block.builder.rows >= PART_RECORDS || block.builder.bytes >= PART_BYTES) this.#close(block)
    this.#schedule()
    return block.done.promise
  }

  /** Tells that everything of `source` up to an instant has been read; travels with the next block, or alone. */
  beat(source: string, catalogue: string, heartbeat: Heartbeat): Promise<void> {
    const block = this.#blockOf(source, catalogue)
    if (block.heartbeat === undefined || block.heartbeat.through < heartbeat.through) block.heartbeat = heartbeat
    this.#schedule()
    return block.done.promise
  }

  #blockOf(source: string, catalogue: string): OpenBlock {
    const open = this.#open.get(source)
    if (open !== undefined && open.catalogue === catalogue) return open
    if (open !== undefined) this.#close(open)
    const done = Promise.withResolvers<void>()
    done.promise.catch(() => {}) // every writer awaits it too; without a writer nobody is owed an answer
    const block: OpenBlock = {
      builder: this.#spare.pop() ?? new BlockBuilder(),
      source,
      catalogue,
      uploads: [],
      done,
      traced: UploadPlaces.start(),
      heartbeat: undefined,
    }
    this.#open.set(source, block)
    return block
  }

  #close(block: OpenBlock): void {
    this.#open.delete(block.source)
    this.#full.push(block)
  }

  #schedule(): void {
    if (this.#sending || this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      void this.#send()
    })
  }

  async #send(): Promise<void> {
    if (this.#sending) return
    this.#sending = true
    for (const block of [...this.#open.values()]) this.#close(block)
    const batch = this.#full
    this.#full = []
    const spans = batch.map(({ traced, builder }) => traceSend(traced, this.#partition, builder.rows))
    try {
      const blocks = batch.map((block, index) => encode(block, spans[index]?.traceparent))
      for (const { builder } of batch) if (this.#spare.length < SPARE) this.#spare.push(builder)
      if (batch.length > 0) await this.#topic.append(this.#partition, blocks)
      for (const block of batch) block.done.resolve()
      for (const span of spans) span?.end()
    } catch (error) {
      for (const block of batch) block.done.reject(error)
      for (const span of spans) span?.end(error)
    } finally {
      this.#sending = false
      if (this.#open.size > 0 || this.#full.length > 0) this.#schedule()
    }
  }
}

function encode(open: OpenBlock, traceparent: string | undefined): Block {
  const { payload, rows, first, last } = open.builder.take()
  return {
    payload,
    rows,
    headers: {
      schema: SCHEMA_VERSION,
      catalogue: open.catalogue,
      source: open.source,
      uploads: open.uploads,
      first,
      last,
      ...(open.heartbeat === undefined ? {} : { heartbeat: open.heartbeat }),
      ...(traceparent === undefined ? {} : { traceparent }),
    },
  }
}
