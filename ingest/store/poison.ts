import type { StoredBlock } from '../../services/domain/block.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { faultKind } from '../../services/platform/clickhouse-errors.ts'
import type { RowRange } from '../block/append-columns.ts'
import { CURRENT_SETTINGS, insertCalls } from './insert.ts'
import type { Origin } from './pin.ts'

/** More than this share of a range refused (and more than a handful) is a fault of ours or of the tables, not of rows. */
const MOST_SHARE = 0.1
const HANDFUL = 20

/**
 * Finds the rows ClickHouse refuses for what they hold, by trying ever smaller ranges on a table without effect.
 * Throws LC_STORE_POISON when too large a share is refused, and whatever says that ClickHouse itself is in trouble.
 */
export async function findPoison(clickhouse: ClickHouse, blocks: readonly StoredBlock[]): Promise<Origin[]> {
  const poison: Origin[] = []
  for (const block of blocks) {
    if (block.rows > 0) await search(clickhouse, block, 0, block.rows, poison)
  }
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0)
  if (poison.length > HANDFUL && poison.length > rows * MOST_SHARE) {
    throw new LcError(
      'LC_STORE_POISON',
      `ClickHouse refuses ${poison.length} of ${rows} rows: the line stops before they are all set aside.`,
      'Look at the log for what it refuses; usually a migration is missing: `lastcall migrate`.',
    )
  }
  return poison
}

async function search(
  clickhouse: ClickHouse,
  block: StoredBlock,
  from: number,
  to: number,
  poison: Origin[],
): Promise<void> {
  if (await passes(clickhouse, block, from, to)) return
  if (to - from === 1) {
    poison.push({ offset: block.offset, row: from })
    return
  }
  const middle = (from + to) >> 1
  await search(clickhouse, block, from, middle, poison)
  await search(clickhouse, block, middle, to, poison)
}

async function passes(clickhouse: ClickHouse, block: StoredBlock, from: number, to: number): Promise<boolean> {
  const leftOut: RowRange[] = [
    { first: 0, rows: from },
    { first: to, rows: block.rows - to },
  ]
  try {
    await insertCalls(clickhouse, [block], [leftOut], {
      into: 'calls_probe',
      settings: CURRENT_SETTINGS,
      token: 'probe',
    })
    return true
  } catch (error) {
    if (faultKind(error) === 'data') return false
    throw error
  }
}
