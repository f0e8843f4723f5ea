/**
 * Bytes that grow at the end and are used again after `clear()`. Integers are written as ClickHouse's varints
 * (LEB128, unsigned), texts as varint length and UTF-8; a lone surrogate becomes U+FFFD, a NUL stays a NUL.
 */
export class ByteSink {
  bytes: Buffer
  length = 0

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity)
  }

  clear(): void {
    this.length = 0
  }

  /** `value` is an integer from 0 to 2^53. */
  varint(value: number): void {
    this.reserve(8)
    let rest = value
    while (rest >= 128) {
      this.bytes[this.length++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.bytes[this.length++] = rest
  }

  text(value: string): void {
    const size = Buffer.byteLength(value)
    this.reserve(size + 8)
    this.varint(size)
    this.length += this.bytes.write(value, this.length, size)
  }

  /** Characters of one byte each, without a length. */
  ascii(value: string): void {
    this.reserve(value.length)
    this.length += this.bytes.write(value, this.length, value.length, 'latin1')
  }

  private reserve(more: number): void {
    const needed = this.length + more
    if (needed <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2))
    this.bytes.copy(grown, 0, 0, this.length)
    this.bytes = grown
  }
}
