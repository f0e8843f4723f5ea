import type { StoredBlock } from '../../services/domain/block.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { faultKind } from '../../services/platform/clickhouse-errors.ts'
import type { RowRange } from '../block/append-columns.ts'
import { goodRow } from './good-row.ts'
import { CURRENT_SETTINGS, insertCalls } from './insert.ts'
import type { Origin } from './pin.ts'
import { suspectsOf } from './suspects.ts'

/** More than this share of a range refused (and more than a handful) is a fault of ours or of the tables, not of rows. */
const MOST_SHARE = 0.1
const HANDFUL = 20
const MOST = 1_000

/** Rows [from, to) of a block. */
interface Span {
  readonly block: StoredBlock
  readonly leftOut: readonly RowRange[]
  readonly from: number
  readonly to: number
}

/**
 * Finds the rows ClickHouse refuses for what they hold, in the order of the log: those known to be refused at once, others
 * by trying ever smaller ranges on a table without effect. `leftOut` (one list for each block) are rows that are not inserted anyway.
 * Throws LC_STORE_POISON when too large a share is refused or a row that is good by itself is refused as well, and
 * whatever says that ClickHouse itself is in trouble.
 */
export async function findPoison(
  clickhouse: ClickHouse,
  blocks: readonly StoredBlock[],
  leftOut: readonly (readonly RowRange[])[],
): Promise<Origin[]> {
  if (!(await passes(clickhouse, [{ block: goodRow, leftOut: [], from: 0, to: 1 }]))) throw everything()
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0)
  const most = Math.min(MOST, Math.max(HANDFUL, rows * MOST_SHARE))
  const poison: Origin[] = []
  const spans = blocks.map((block, index) => {
    const suspects = suspectsOf(block).filter(row => !isIn(leftOut[index] ?? [], row))
    for (const row of suspects) poison.push({ offset: block.offset, row })
    const without = suspects.map(row => ({ first: row, rows: 1 }))
    return { block, leftOut: [...(leftOut[index] ?? []), ...without], from: 0, to: block.rows }
  })
  if (poison.length > most) throw tooMany(poison.length)
  await search(clickhouse, spans, poison, most)
  return poison.sort((a, b) => Number(a.offset - b.offset) || a.row - b.row)
}

const isIn = (ranges: readonly RowRange[], row: number): boolean =>
  ranges.some(({ first, rows }) => row >= first && row < first + rows)

async function search(clickhouse: ClickHouse, spans: readonly Span[], poison: Origin[], most: number): Promise<void> {
  if (spans.length === 0 || (await passes(clickhouse, spans))) return
  const [only] = spans
  if (spans.length === 1 && only !== undefined && only.to - only.from === 1) {
    poison.push({ offset: only.block.offset, row: only.from })
    if (poison.length > most) throw tooMany(poison.length)
    return
  }
  for (const half of halves(spans)) await search(clickhouse, half, poison, most)
}

function halves(spans: readonly Span[]): readonly (readonly Span[])[] {
  const [only] = spans
  if (spans.length === 1 && only !== undefined) {
    const middle = (only.from + only.to) >> 1
    return [[{ ...only, to: middle }], [{ ...only, from: middle }]]
  }
  return [spans.slice(0, spans.length >> 1), spans.slice(spans.length >> 1)]
}

async function passes(clickhouse: ClickHouse, spans: readonly Span[]): Promise<boolean> {
  const blocks = spans.map(({ block }) => block)
  const leftOut = spans.map(({ block, leftOut, from, to }) => [
    ...leftOut,
    { first: 0, rows: from },
    { first: to, rows: block.rows - to },
  ])
  try {
    await insertCalls(clickhouse, blocks, leftOut, { into: 'calls_probe', settings: CURRENT_SETTINGS, token: 'probe' })
    return true
  } catch (error) {
    if (faultKind(error) === 'data') return false
    throw error
  }
}

function everything(): LcError {
  return new LcError(
    'LC_STORE_POISON',
    'ClickHouse refuses every row, also one that is good: not what the rows hold is wrong, and none is set aside.',
    'Look at the log for what it refuses; usually a migration is missing: `lastcall migrate`.',
  )
}

function tooMany(rows: number): LcError {
  return new LcError(
    'LC_STORE_POISON',
    `ClickHouse refuses ${rows} rows of one range and more: the line stops before they are all set aside.`,
    'Look at the log for what it refuses; usually a migration is missing: `lastcall migrate`.',
  )
}
