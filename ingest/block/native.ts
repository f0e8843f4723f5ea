import { LcError } from '../../services/domain/errors.ts'

/**
 * ClickHouse's Native format, as far as a block needs it (clickhouse.com/docs/interfaces/formats/Native, and
 * SerializationLowCardinality.cpp for dictionaries): a block is varint columns, varint rows, then for each column
 * its name, its type and its values one after another, numbers little-endian.
 */
export const DICTIONARY_VERSION = 1n
/** HasAdditionalKeys | NeedUpdateDictionary; the lowest byte says how wide an index is (0: 8 bits, 1: 16, 2: 32). */
export const DICTIONARY_FLAGS = 0x600n

export type IndexWidth = 1 | 2 | 4

/** Bytes of one index into a dictionary of so many keys. */
export function indexWidth(keys: number): IndexWidth {
  return keys <= 0x100 ? 1 : keys <= 0x1_0000 ? 2 : 4
}

/** Bytes of one value of a type of fixed width; undefined for texts. */
export function fixedWidth(type: string): 1 | 2 | 4 | 8 | undefined {
  switch (type) {
    case 'Int8':
    case 'UInt8':
      return 1
    case 'UInt16':
      return 2
    case 'UInt32':
      return 4
    case 'Int64':
    case 'UInt64':
      return 8
    default:
      return undefined
  }
}

export interface NativeHeader {
  readonly columns: number
  readonly rows: number
  /** Where the first column begins. */
  readonly end: number
}

/** The first two numbers of a block. Throws LC_BLOCK_UNREADABLE when they are cut off. */
export function readHeader(payload: Uint8Array): NativeHeader {
  const columns = readVarint(payload, 0)
  const rows = readVarint(payload, columns.end)
  return { columns: columns.value, rows: rows.value, end: rows.end }
}

/** Rows of a payload as it stands on the topic; 0 for an empty one. */
export function rowsOf(payload: Uint8Array): number {
  return payload.length === 0 ? 0 : readHeader(payload).rows
}

/** One LEB128 number at `at`, at most 2^53. Throws LC_BLOCK_UNREADABLE when it is cut off or larger. */
export function readVarint(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  let value = 0
  let scale = 1
  for (let i = at; i < at + 8; i++) {
    const byte = bytes[i]
    if (byte === undefined) break
    value += (byte & 127) * scale
    if (byte < 128) {
      if (!Number.isSafeInteger(value)) break
      return { value, end: i + 1 }
    }
    scale *= 128
  }
  throw unreadable(`no number at byte ${at}`)
}

export function unreadable(why: string): LcError {
  return new LcError(
    'LC_BLOCK_UNREADABLE',
    `A block does not read as ClickHouse Native: ${why}.`,
    'Look at it with `lastcall topic cat`; if another program writes to the topic, stop it.',
  )
}
