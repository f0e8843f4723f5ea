import { type StoredBlock, TOPIC } from '../../services/domain/block.ts'
import { decodeBlock, rowsFrom, type Value } from '../block/decode.ts'
import type { Verdict } from '../topic/repeats.ts'
import type { DeadLetter } from './dead-letters.ts'
import type { Origin } from './pin.ts'

/** Letters for rows that ClickHouse refuses, with what they held as far as it can be read. */
export function deadLettersOf(
  blocks: readonly StoredBlock[],
  aside: readonly Origin[],
  partition: number,
  reason: string,
): DeadLetter[] {
  return blocks.flatMap(block => {
    const rows = aside.filter(({ offset }) => offset === block.offset)
    if (rows.length === 0) return []
    const values = readable(block)
    return rows.map(({ offset, row }) => ({
      topic: TOPIC,
      partition,
      offset,
      row,
      reason,
      values: asText(values[row]),
    }))
  })
}

/**
 * Letters for the rows of parts that begin inside what was stored and end beyond it: which of them are new cannot
 * be told, so none is counted and none is lost.
 */
export function straddling(
  blocks: readonly StoredBlock[],
  verdicts: readonly (readonly Verdict[])[],
  partition: number,
): DeadLetter[] {
  return blocks.flatMap((block, index) =>
    block.headers.uploads.flatMap((part, at) => {
      if (verdicts[index]?.[at] !== 'straddles') return []
      const origins = Array.from({ length: part.rows }, (_, row) => ({ offset: block.offset, row: part.first + row }))
      return deadLettersOf([block], origins, partition, 'straddles')
    }),
  )
}

function readable(block: StoredBlock): readonly ReadonlyMap<string, Value>[] {
  try {
    return rowsFrom(decodeBlock(block.payload))
  } catch {
    return [] // a block that does not read: its rows are set aside by their number alone
  }
}

function asText(values: ReadonlyMap<string, Value> | undefined): Record<string, string> {
  return Object.fromEntries([...(values ?? [])].map(([name, value]) => [name, String(value)]))
}
