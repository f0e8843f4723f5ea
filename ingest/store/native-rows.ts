import { columnTitle } from '../block/block-builder.ts'
import { ByteSink } from '../block/byte-sink.ts'

export type NativeColumn =
  | {
      readonly name: string
      readonly type: 'UInt8' | 'UInt32' | 'UInt64' | 'Int64'
      readonly values: readonly (number | bigint)[]
    }
  | { readonly name: string; readonly type: 'String'; readonly values: readonly string[] }

const WIDTH = { UInt8: 1, UInt32: 4, UInt64: 8, Int64: 8 } as const

/** A few plain columns as one ClickHouse Native block: for the small tables beside the calls. */
export function encodeRows(columns: readonly NativeColumn[]): Uint8Array {
  const head = new ByteSink(16)
  head.varint(columns.length)
  head.varint(columns[0]?.values.length ?? 0)
  return Buffer.concat([
    head.bytes.subarray(0, head.length),
    ...columns.flatMap(column => [columnTitle(column.name, column.type), body(column)]),
  ])
}

export const structureOf = (columns: readonly NativeColumn[]): string =>
  columns.map(({ name, type }) => `\`${name}\` ${type}`).join(', ')

function body(column: NativeColumn): Uint8Array {
  if (column.type === 'String') {
    const parts = column.values.map(value => {
      const text = Buffer.from(value, 'utf8')
      const length = new ByteSink(8)
      length.varint(text.length)
      return Buffer.concat([length.bytes.subarray(0, length.length), text])
    })
    return Buffer.concat(parts)
  }
  const bytes = Buffer.alloc(column.values.length * WIDTH[column.type])
  for (const [index, value] of column.values.entries()) {
    const at = index * WIDTH[column.type]
    if (column.type === 'UInt8') bytes.writeUInt8(Number(value), at)
    else if (column.type === 'UInt32') bytes.writeUInt32LE(Number(value), at)
    else if (column.type === 'UInt64') bytes.writeBigUInt64LE(BigInt(value), at)
    else bytes.writeBigInt64LE(BigInt(value), at)
  }
  return bytes
}
