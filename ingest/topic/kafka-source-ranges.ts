import { PART_BYTES, PART_RECORDS } from '../../services/domain/block.ts'
import type { SourceMark } from './kafka-source-mark.ts'

export interface SourceMessage {
  readonly offset: number
  /** Null for a tombstone. */
  readonly value: Buffer | null
}

/** Messages with offsets in [from, to): one part, or one for each message. */
export interface SourceRange {
  readonly from: number
  readonly to: number
  readonly messages: readonly SourceMessage[]
  readonly singly: boolean
}

/**
 * Cuts one partition into ranges. Where a range ends is decided once, made known to the whole group before it is sent
 * (its mark), and kept by whoever goes on: so no range ever lies across the end of another (design §6).
 */
export class SourceRanges {
  #mark: SourceMark
  #messages: SourceMessage[] = []
  #bytes = 0

  constructor(mark: SourceMark) {
    this.#mark = mark
  }

  /** First offset not yet taken. */
  get next(): number {
    const last = this.#messages.at(-1)
    return last === undefined ? this.#mark.from : last.offset + 1
  }

  get mark(): SourceMark {
    return this.#mark
  }

  /** The mark of a range that is to be sent: of the open one its own. */
  markOf(range: SourceRange): SourceMark {
    return { from: range.from, to: range.to, singlyUntil: this.#mark.singlyUntil }
  }

  /** Takes one message, in order; those taken before are passed over. Answers the range that is full before it. */
  take(message: SourceMessage): SourceRange | undefined {
    if (message.offset < this.next) return undefined
    const { to, singlyUntil } = this.#mark
    const open = this.#isOpen
    // A message beyond the end is the first of another range; so is the first that need not go singly.
    const beyond = open ? message.offset >= to : this.next <= singlyUntil && message.offset >= singlyUntil
    const full = !open && (this.#messages.length >= PART_RECORDS || this.#bytes >= PART_BYTES)
    const range = beyond || full ? this.end(message.offset) : undefined
    this.#messages.push(message)
    this.#bytes += message.value?.length ?? 0
    return range
  }

  /** What was taken so far as a range, when nothing but it lies below `read`; undefined when there is none, or an open one is not whole. */
  end(read: number): SourceRange | undefined {
    const { from, to, singlyUntil } = this.#mark
    if (this.#isOpen) {
      if (read < to) return undefined
      return { from, to, messages: this.#messages.filter(({ offset }) => offset < to), singly: from < singlyUntil }
    }
    const last = this.#messages.at(-1)
    if (last === undefined) return undefined
    return { from, to: last.offset + 1, messages: this.#messages.slice(), singly: from < singlyUntil }
  }

  /** It stands in the group. */
  marked(mark: SourceMark): void {
    this.#mark = mark
  }

  /** The range stands on our topic. */
  sent(range: SourceRange): void {
    this.#messages = this.#messages.filter(({ offset }) => offset >= range.to)
    this.#bytes = this.#messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0)
    this.#mark = { from: range.to, to: range.to, singlyUntil: this.#mark.singlyUntil }
  }

  get #isOpen(): boolean {
    return this.#mark.to > this.#mark.from
  }
}
