import { type StoredBlock, TOPIC } from '../../services/domain/block.ts'
import { columnTitle } from './block-builder.ts'
import { ByteSink } from './byte-sink.ts'
import { DICTIONARY_FLAGS, DICTIONARY_VERSION, readHeader } from './native.ts'

/** What the store adds to a call: where it stood, and whether it counts. */
export const ORIGIN_COLUMNS = [
  ['topic', 'LowCardinality(String)'],
  ['partition', 'UInt32'],
  ['offset', 'UInt64'],
  ['row', 'UInt32'],
  ['keep', 'UInt8'],
] as const

/** Rows [first, first + rows) of a block. */
export interface RowRange {
  readonly first: number
  readonly rows: number
}

const TITLES = ORIGIN_COLUMNS.map(([name, type]) => columnTitle(name, type))
const TITLES_SIZE = TITLES.reduce((sum, title) => sum + title.length, 0)

/**
 * The block as ClickHouse shall read it: its own columns untouched and ORIGIN_COLUMNS behind them, in pieces to be
 * written one after another (blocks may follow each other in one file or body). `row` counts from 0 within the
 * block; `keep` is 0 for rows in `leftOut`, else 1. No pieces when the block has no rows.
 * `topic` is its name as stored. Throws LC_BLOCK_UNREADABLE when the header is cut off.
 */
export function withOrigin(
  block: StoredBlock,
  leftOut: readonly RowRange[] = [],
  topic: string = TOPIC,
): readonly Uint8Array[] {
  if (block.payload.length === 0) return []
  const { columns, rows, end } = readHeader(block.payload)
  if (rows === 0) return []
  const header = new ByteSink(16)
  header.varint(columns + ORIGIN_COLUMNS.length)
  header.varint(rows)
  return [header.bytes.subarray(0, header.length), block.payload.subarray(end), origin(block, rows, leftOut, topic)]
}

function origin(block: StoredBlock, rows: number, leftOut: readonly RowRange[], topic: string): Uint8Array {
  const name = Buffer.from(topic)
  if (name.length > 127) throw new RangeError('a topic name has at most 127 bytes')
  const [topicTitle, partitionTitle, offsetTitle, rowTitle, keepTitle] = TITLES
  const bytes = Buffer.allocUnsafeSlow(TITLES_SIZE + 34 + name.length + rows * (1 + 4 + 8 + 4 + 1))
  let at = put(bytes, 0, topicTitle)
  at = bytes.writeBigUInt64LE(DICTIONARY_VERSION, at)
  at = bytes.writeBigUInt64LE(DICTIONARY_FLAGS, at)
  // Two keys: the empty one that always leads, and the name.
  at = bytes.writeBigUInt64LE(2n, at)
  bytes[at++] = 0
  bytes[at++] = name.length
  at = put(bytes, at, name)
  at = bytes.writeBigUInt64LE(BigInt(rows), at)
  bytes.fill(1, at, at + rows)
  at = put(bytes, at + rows, partitionTitle)
  const value = Buffer.allocUnsafe(8)
  value.writeUInt32LE(block.partition)
  bytes.fill(value.subarray(0, 4), at, at + rows * 4)
  at = put(bytes, at + rows * 4, offsetTitle)
  value.writeBigUInt64LE(block.offset)
  bytes.fill(value, at, at + rows * 8)
  at = put(bytes, at + rows * 8, rowTitle)
  for (let row = 0; row < rows; row++) at = bytes.writeUInt32LE(row, at)
  at = put(bytes, at, keepTitle)
  bytes.fill(1, at, at + rows)
  for (const range of leftOut) {
    const from = Math.min(Math.max(range.first, 0), rows)
    bytes.fill(0, at + from, at + Math.min(from + range.rows, rows))
  }
  return bytes.subarray(0, at + rows)
}

function put(into: Buffer, at: number, bytes: Uint8Array | undefined): number {
  if (bytes === undefined) return at
  into.set(bytes, at)
  return at + bytes.length
}
