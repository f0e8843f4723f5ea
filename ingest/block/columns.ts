import { DICTIONARY_FLAGS, DICTIONARY_VERSION, indexWidth } from './native.ts'
import { TextPile } from './text-pile.ts'

/** One column while its block is open. Kept and filled again for every block, so that a block allocates one buffer. */
export interface OpenColumn {
  /** Makes `size` exact; called once before `write`. */
  settle?(): void
  /** Bytes that `write` will take, or close to it. */
  size(rows: number): number
  /** Writes all rows at `at`, returns where it ended. */
  write(into: Buffer, at: number, rows: number): number
  clear(): void
}

/** Texts with few different values: each once, and an index a row. The first key is always the empty text. */
export class DictionaryColumn implements OpenColumn {
  private readonly keys = new TextPile(256)
  private readonly seen = new Map<string, number>()
  private indexes = new Uint32Array(64)
  private rows = 0
  private count = 1
  private lastText = ''
  private lastIndex = 0

  constructor() {
    this.keys.add('')
  }

  add(text: string): void {
    // Most columns repeat the row before: a comparison is cheaper than a lookup.
    if (text !== this.lastText) {
      this.lastText = text
      this.lastIndex = text === '' ? 0 : (this.seen.get(text) ?? this.addKey(text))
    }
    if (this.rows === this.indexes.length) this.indexes = grown(this.indexes)
    this.indexes[this.rows++] = this.lastIndex
  }

  settle(): void {
    this.keys.settled()
  }

  size(rows: number): number {
    return 32 + this.keys.size + rows * indexWidth(this.count)
  }

  write(into: Buffer, start: number, rows: number): number {
    const width = indexWidth(this.count)
    let at = into.writeBigUInt64LE(DICTIONARY_VERSION, start)
    at = into.writeBigUInt64LE(DICTIONARY_FLAGS | BigInt(width >> 1), at)
    at = into.writeBigUInt64LE(BigInt(this.count), at)
    const keys = this.keys.settled()
    into.set(keys, at)
    at += keys.length
    at = into.writeBigUInt64LE(BigInt(rows), at)
    const indexes = this.indexes
    if (width === 1) for (let row = 0; row < rows; row++) into[at++] = indexes[row] ?? 0
    else if (width === 2) for (let row = 0; row < rows; row++) at = into.writeUInt16LE(indexes[row] ?? 0, at)
    else for (let row = 0; row < rows; row++) at = into.writeUInt32LE(indexes[row] ?? 0, at)
    return at
  }

  clear(): void {
    this.seen.clear()
    this.keys.clear()
    this.keys.add('')
    this.rows = 0
    this.count = 1
    this.lastText = ''
    this.lastIndex = 0
  }

  private addKey(text: string): number {
    const index = this.count++
    this.seen.set(text, index)
    this.keys.add(text)
    return index
  }
}

export class TextColumn implements OpenColumn {
  private readonly texts = new TextPile(4_096)

  add(text: string): void {
    this.texts.add(text)
  }
  size(): number {
    return this.texts.size
  }
  settle(): void {
    this.texts.settled()
  }
  write(into: Buffer, at: number): number {
    const texts = this.texts.settled()
    into.set(texts, at)
    return at + texts.length
  }
  clear(): void {
    this.texts.clear()
  }
}

/** Whole numbers of 1, 2 or 4 bytes. What does not fit becomes the nearest that does, what is no number 0. */
export class NumberColumn implements OpenColumn {
  private values: Uint8Array | Int8Array | Uint16Array | Uint32Array
  private rows = 0
  private readonly max: number

  constructor(values: Uint8Array | Int8Array | Uint16Array | Uint32Array, max: number) {
    this.values = values
    this.max = max
  }

  add(value: number): void {
    if (this.rows === this.values.length) this.values = grown(this.values)
    this.values[this.rows++] = value > 0 ? Math.min(value, this.max) : 0
  }
  size(rows: number): number {
    return rows * this.values.BYTES_PER_ELEMENT
  }
  write(into: Buffer, at: number, rows: number): number {
    return writeRaw(into, at, this.values, rows * this.values.BYTES_PER_ELEMENT)
  }
  clear(): void {
    this.rows = 0
  }
}

/** Milliseconds since 1970 as Int64; keeps the earliest and the latest. */
export class TimeColumn implements OpenColumn {
  private halves = new Uint32Array(128)
  private at = 0
  first = 0
  last = 0

  add(time: number): void {
    if (this.at === this.halves.length) this.halves = grown(this.halves)
    if (this.at === 0 || time < this.first) this.first = time
    if (this.at === 0 || time > this.last) this.last = time
    const high = Math.floor(time / 0x1_0000_0000)
    this.halves[this.at++] = time - high * 0x1_0000_0000
    this.halves[this.at++] = high
  }
  size(rows: number): number {
    return rows * 8
  }
  write(into: Buffer, at: number, rows: number): number {
    return writeRaw(into, at, this.halves, rows * 8)
  }
  clear(): void {
    this.at = 0
    this.first = 0
    this.last = 0
  }
}

/** Typed arrays hold the machine's own byte order; every platform this runs on (x64, arm64) is little-endian, as Native is. */
function writeRaw(into: Buffer, at: number, values: ArrayBufferView, bytes: number): number {
  into.set(new Uint8Array(values.buffer, values.byteOffset, bytes), at)
  return at + bytes
}

function grown<T extends Uint8Array | Int8Array | Uint16Array | Uint32Array>(values: T): T {
  const larger = new (values.constructor as new (length: number) => T)(values.length * 2)
  larger.set(values)
  return larger
}
