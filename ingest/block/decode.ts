import { fixedWidth, readHeader, readVarint, unreadable } from './native.ts'

export type Value = string | number | bigint
export interface DecodedColumn {
  readonly name: string
  readonly type: string
  readonly values: readonly Value[]
}

/**
 * A block for people and tests: its columns, values by row. Int64 is a number where it is exact (instants are),
 * UInt64 always a bigint. Nothing in it is trusted: whatever does not add up throws LC_BLOCK_UNREADABLE.
 * Only the types a block uses are known; several blocks one after another are read by `decodeBlocks`.
 */
export function decodeBlock(payload: Uint8Array): readonly DecodedColumn[] {
  if (payload.length === 0) return []
  return readBlock(new Reader(payload))
}

/** Blocks one after another, as they stand in a file written for ClickHouse. */
export function decodeBlocks(bytes: Uint8Array): readonly (readonly DecodedColumn[])[] {
  const reader = new Reader(bytes)
  const blocks: (readonly DecodedColumn[])[] = []
  while (!reader.done) blocks.push(readBlock(reader))
  return blocks
}

/** Columns as one record a row. */
export function rowsFrom(columns: readonly DecodedColumn[]): readonly ReadonlyMap<string, Value>[] {
  const rows: Map<string, Value>[] = []
  for (const { name, values } of columns) {
    values.forEach((value, row) => {
      const record = rows[row] ?? new Map<string, Value>()
      rows[row] = record
      record.set(name, value)
    })
  }
  return rows
}

function readBlock(reader: Reader): readonly DecodedColumn[] {
  const { columns, rows } = reader.header()
  const decoded: DecodedColumn[] = []
  for (let i = 0; i < columns; i++) {
    const name = reader.text()
    const type = reader.text()
    decoded.push({ name, type, values: rows === 0 ? [] : readValues(reader, type, rows) })
  }
  return decoded
}

function readValues(reader: Reader, type: string, rows: number): readonly Value[] {
  if (type === 'LowCardinality(String)') return readDictionary(reader, rows)
  if (type === 'String') return times(reader, rows, 1, () => reader.text())
  const width = fixedWidth(type)
  if (width === undefined) throw unreadable(`type ${JSON.stringify(type.slice(0, 40))} is none a block uses`)
  return times(reader, rows, width, () => reader.number(type))
}

function readDictionary(reader: Reader, rows: number): readonly Value[] {
  if (reader.size() !== 1) throw unreadable('a dictionary of another version')
  const width = reader.size() & 0xff
  if (width > 2) throw unreadable('a dictionary index wider than 32 bits')
  const keys = times(reader, reader.size(), 1, () => reader.text())
  if (reader.size() !== rows) throw unreadable('a dictionary column of another length')
  const type = width === 0 ? 'UInt8' : width === 1 ? 'UInt16' : 'UInt32'
  return times(reader, rows, 1 << width, () => {
    const key = keys[Number(reader.number(type))]
    if (key === undefined) throw unreadable('an index outside its dictionary')
    return key
  })
}

/** Refuses before it allocates: `count` values of at least `width` bytes must still be there. */
function times<T>(reader: Reader, count: number, width: number, read: () => T): T[] {
  if (count * width > reader.left) throw unreadable('more values than bytes')
  const values: T[] = []
  for (let i = 0; i < count; i++) values.push(read())
  return values
}

class Reader {
  private readonly bytes: Buffer
  private at = 0

  constructor(payload: Uint8Array) {
    this.bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  }

  get left(): number {
    return this.bytes.length - this.at
  }
  get done(): boolean {
    return this.left === 0
  }

  header(): { readonly columns: number; readonly rows: number } {
    const { columns, rows, end } = readHeader(this.bytes.subarray(this.at))
    this.at += end
    return { columns, rows }
  }

  text(): string {
    const { value, end } = readVarint(this.bytes, this.at)
    this.at = end
    const from = this.take(value)
    return this.bytes.toString('utf8', from, this.at)
  }

  /** A UInt64 that counts something. */
  size(): number {
    const value = this.bytes.readBigUInt64LE(this.take(8))
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw unreadable('a count beyond all measure')
    return Number(value)
  }

  number(type: string): Value {
    switch (type) {
      case 'Int8':
        return this.bytes.readInt8(this.take(1))
      case 'UInt8':
        return this.bytes.readUInt8(this.take(1))
      case 'UInt16':
        return this.bytes.readUInt16LE(this.take(2))
      case 'UInt32':
        return this.bytes.readUInt32LE(this.take(4))
      case 'UInt64':
        return this.bytes.readBigUInt64LE(this.take(8))
      default: {
        const value = this.bytes.readBigInt64LE(this.take(8))
        return Number.isSafeInteger(Number(value)) ? Number(value) : value
      }
    }
  }

  /** Steps over `count` bytes, returns where they began. */
  private take(count: number): number {
    const from = this.at
    if (count > this.left) throw unreadable(`cut off at byte ${this.bytes.length}`)
    this.at += count
    return from
  }
}
