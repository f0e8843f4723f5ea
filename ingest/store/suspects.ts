import type { StoredBlock } from '../../services/domain/block.ts'
import { type DecodedColumn, decodeBlock } from '../block/decode.ts'

/** What the entry table takes (migrations/0001_calls.sql): its CONSTRAINT and its enums. */
const FIRST_TIME = Date.UTC(2000, 0, 1)
const END_OF_TIME = Date.UTC(2100, 0, 1)
const ENUMS = ['time_kind', 'matched', 'class']

/**
 * Rows of a block that the entry table is known to refuse, in order: found in one pass, where trying would take a
 * dozen inserts a row. A block that does not read has none: it is found by trying.
 */
export function suspectsOf(block: StoredBlock): readonly number[] {
  const refused = new Set<number>()
  for (const column of columnsOf(block)) {
    const takes = takenBy(column.name)
    if (takes === undefined) continue
    column.values.forEach((value, row) => {
      if (!takes(Number(value))) refused.add(row)
    })
  }
  return [...refused].sort((a, b) => a - b)
}

function takenBy(name: string): ((value: number) => boolean) | undefined {
  if (name === 'time') return value => value >= FIRST_TIME && value < END_OF_TIME
  return ENUMS.includes(name) ? value => value === 1 || value === 2 : undefined
}

function columnsOf(block: StoredBlock): readonly DecodedColumn[] {
  try {
    return decodeBlock(block.payload)
  } catch {
    return []
  }
}
