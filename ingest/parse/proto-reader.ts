/** Wire types of a field (protobuf encoding guide, "Message structure"). */
export const VARINT = 0
export const FIXED64 = 1
export const BYTES = 2
export const FIXED32 = 5

const TWO_32 = 4_294_967_296

/**
 * Walks the fields of one protobuf message, in the bytes where it lies: `next` gives a field's number, then the value
 * is read by its wire type or skipped. Nothing throws: bytes that are no message set `broken` and end the walk.
 */
export class ProtoReader {
  readonly bytes: Buffer
  at: number
  end: number
  /** The wire type of the field `next` came to. */
  wire = 0
  broken = false

  constructor(bytes: Buffer, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  /** Begins anew with another message in the same bytes. */
  enter(at: number, end: number): void {
    this.at = at
    this.end = end
    this.broken = false
  }

  /** The number of the next field, 0 when there is none (or the bytes are broken). */
  next(): number {
    if (this.broken || this.at >= this.end) return 0
    const tag = this.varint()
    this.wire = tag % 8
    const field = Math.floor(tag / 8)
    if (field === 0 || field > 536_870_911) this.broken = true
    return this.broken ? 0 : field
  }

  /** An unsigned varint; beyond 2^53 it is not exact (`integerText` is). */
  varint(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      if (this.at >= this.end) break
      const byte = this.bytes[this.at++] as number
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
    this.broken = true
    return 0
  }

  /** A signed 64-bit varint (int64) as decimal text, exact. */
  integerText(): string {
    const start = this.at
    const value = this.varint()
    if (value <= Number.MAX_SAFE_INTEGER) return String(value)
    let exact = 0n
    for (let i = this.at - 1; i >= start; i--) exact = (exact << 7n) | BigInt((this.bytes[i] as number) & 0x7f)
    return BigInt.asIntN(64, exact).toString()
  }

  /** A fixed64 as decimal text, exact. */
  fixed64Text(): string {
    const at = this.#take(8)
    return at < 0 ? '0' : this.bytes.readBigUInt64LE(at).toString()
  }

  /** Passes over `bytes` of them: where they begin, −1 when there are not so many. */
  #take(bytes: number): number {
    const at = this.at
    if (at + bytes > this.end) {
      this.broken = true
      return -1
    }
    this.at = at + bytes
    return at
  }

  double(): number {
    const at = this.#take(8)
    return at < 0 ? 0 : this.bytes.readDoubleLE(at)
  }

  /** The end of a length-delimited value that begins at `at`, which stays there; −1 when it reaches beyond the message. */
  delimited(): number {
    const length = this.varint()
    const end = this.at + length
    if (!this.broken && end <= this.end) return end
    this.broken = true
    return -1
  }

  /** A string; bytes that are no UTF-8 are replaced, never refused. */
  text(): string {
    const end = this.delimited()
    if (end < 0) return ''
    const text = this.bytes.toString('utf8', this.at, end)
    this.at = end
    return text
  }

  /** Passes over the value of the field `next` came to. Groups (deprecated before proto3) break the message. */
  skip(): void {
    if (this.wire === VARINT) this.varint()
    else if (this.wire === FIXED64) this.#take(8)
    else if (this.wire === FIXED32) this.#take(4)
    else if (this.wire === BYTES) {
      const end = this.delimited()
      if (end >= 0) this.at = end
    } else this.broken = true
  }

  /** Seconds and nanoseconds of a google.protobuf.Timestamp or Duration as milliseconds; the nanoseconds below one are cut. */
  milliseconds(): number {
    const end = this.delimited()
    if (end < 0) return 0
    const outer = this.end
    this.end = end
    let seconds = 0
    let nanos = 0
    for (let field = this.next(); field !== 0; field = this.next()) {
      if (field === 1 && this.wire === VARINT) seconds = this.varint()
      else if (field === 2 && this.wire === VARINT) nanos = this.varint()
      else this.skip()
    }
    this.end = outer
    this.at = end
    // Negative ones are as large as 64 bits allow.
    if (seconds >= (TWO_32 * TWO_32) / 2 || nanos >= 1e9) return 0
    return seconds * 1000 + Math.floor(nanos / 1e6)
  }
}
