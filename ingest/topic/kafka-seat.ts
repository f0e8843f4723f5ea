import type { StoredBlock } from '../../services/domain/block.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { KafkaMessage } from '../../services/platform/kafka.ts'
import { decodeMark } from './kafka-mark.ts'
import { blockOf } from './kafka-message.ts'
import { PartitionBuffer } from './partition-buffer.ts'
import { gap, type PartitionSource } from './partition-loop.ts'

export interface SeatOptions {
  readonly partition: number
  /** What stands in the group: -1 when nothing ever did. */
  readonly load: () => Promise<{ readonly offset: bigint; readonly text: string }>
  /** Commits for the generation this seat belongs to, or throws LC_TOPIC_FENCED. */
  readonly commit: (offset: bigint, logTime: number, metadata: string) => Promise<void>
  /** Room again after `full`. */
  readonly onRoom: () => void
  readonly bufferBytes: number
  readonly batch: { readonly bytes: number; readonly blocks: number }
  /** Go on wherever the group or the log stands now: a person accepted the loss. */
  readonly acceptMoved: boolean
}

/** One partition during one generation of the group: what was fetched of it, and where it stands. */
export class Seat implements PartitionSource {
  readonly #options: SeatOptions
  readonly #buffer: PartitionBuffer
  #known: { readonly offset: bigint; readonly metadata: string } | undefined
  /** Highest log time below `#known.offset`. */
  #knownTime = 0
  /** First offset not yet taken, and the highest log time below it. */
  #next = 0n
  #time = 0
  /** What the handler must be given whole, and the end of the log when last seen. */
  #wanted = -1n
  #end = 0n
  #sought: bigint | undefined
  /** What was offered last; offered again, it could not be stored. */
  #offered = -1n
  #stalled = false
  #broken: LcError | undefined

  constructor(options: SeatOptions) {
    this.#options = options
    this.#buffer = new PartitionBuffer(options.bufferBytes)
  }

  /** Fetching should pause: enough is in memory, or what is there cannot be stored now. */
  get full(): boolean {
    if (this.#broken !== undefined) return true
    return this.#next > this.#wanted && (this.#buffer.full || (this.#stalled && !this.#buffer.empty))
  }

  /** Learns where the group stands, once. `first` is the first offset at hand. Rejects when the broker cannot say. */
  async load(first: bigint): Promise<void> {
    if (this.#known !== undefined) return
    const { offset, text } = await this.#options.load()
    const mark = offset >= 0n ? decodeMark(offset, text) : undefined
    const start = offset >= 0n ? offset : offset === -1n ? 0n : first
    if (mark === undefined && offset !== -1n && !this.#options.acceptMoved)
      this.#broken ??= moved(this.#options.partition, offset)
    this.#known ??= { offset: start, metadata: mark?.metadata ?? '' }
    this.#knownTime = mark?.logTime ?? 0
    this.#next = start
    this.#time = this.#knownTime
  }

  /**
   * Takes what was fetched. Answers the offset to fetch from instead when this is not the continuation: data that was
   * on its way when the group changed; when it is not there either, it is lost. `end` is the end of the log.
   */
  take(messages: readonly KafkaMessage[], end: bigint): bigint | undefined {
    this.#end = end
    const first = messages[0]
    if (first === undefined || this.#broken !== undefined) return undefined
    const found = BigInt(first.offset)
    if (found > this.#next) {
      if (this.#sought !== this.#next) {
        this.#sought = this.#next
        return this.#next
      }
      if (!this.#options.acceptMoved || !this.#buffer.empty) {
        this.#broken = gap(this.#options.partition, this.#next, found)
        return undefined
      }
      this.#known = { offset: found, metadata: '' }
      this.#next = found
    }
    for (const message of messages) this.#takeOne(message)
    return undefined
  }

  waiting(): number {
    return this.#buffer.rows
  }

  async committed(): Promise<{ readonly offset: bigint; readonly metadata: string }> {
    if (this.#known !== undefined) return this.#known
    throw new Error('invariant: a seat is read before it was loaded')
  }

  async commit(offset: bigint, metadata: string): Promise<void> {
    const logTime = this.#buffer.logTimeAt(offset - 1n) ?? this.#knownTime
    await this.#options.commit(offset, logTime, metadata)
    const wasFull = this.#buffer.full || this.#stalled
    if (offset > (this.#known?.offset ?? 0n)) this.#stalled = false
    this.#known = { offset, metadata }
    this.#knownTime = logTime
    this.#buffer.drop(offset)
    if (!this.#stalled && (wasFull || this.#buffer.roomy)) this.#options.onRoom()
  }

  async read(offset: bigint, wanted: bigint | undefined): Promise<readonly StoredBlock[]> {
    const { bytes, blocks } = this.#options.batch
    this.#wanted = wanted ?? -1n
    const whole = this.#next > this.#wanted || this.#next >= this.#end || this.#broken !== undefined
    if (!whole) {
      this.#options.onRoom()
      return []
    }
    const read = this.#buffer.read(offset, bytes, blocks, this.#wanted)
    this.#stalled = read.length > 0 && offset === this.#offered
    this.#offered = read.length > 0 ? offset : -1n
    // What came before the trouble is still good.
    if (read.length === 0 && this.#broken !== undefined) throw this.#broken
    return read
  }

  #takeOne(message: KafkaMessage): void {
    const offset = BigInt(message.offset)
    if (offset < this.#next || this.#broken !== undefined) return
    try {
      if (offset > this.#next) throw gap(this.#options.partition, this.#next, offset)
      const block = blockOf(this.#options.partition, message, this.#time)
      this.#buffer.push([block])
      this.#time = block.logTime
      this.#next = offset + 1n
    } catch (error) {
      if (!(error instanceof LcError)) throw error
      this.#broken = error
    }
  }
}

function moved(partition: number, offset: bigint): LcError {
  return new LcError(
    'LC_TOPIC_MOVED',
    `The offset of partition ${partition} (${offset < 0n ? 'reset' : offset}) was not set by a store of Last Call.`,
    'Somebody moved the group, or blocks were lost before they were stored. See what is missing, and set the group back to where the store stood.',
  )
}
