import type { StoredBlock } from '../../services/domain/block.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { RowRange } from '../block/append-columns.ts'
import type { Verdict } from '../topic/repeats.ts'
import type { Origin, Pin } from './pin.ts'

/** What one insert takes at most: larger ones gain nothing and hold more memory. One block always fits. */
export interface RangeLimits {
  readonly rows: number
  readonly bytes: number
}
export const RANGE_LIMITS: RangeLimits = { rows: 500_000, bytes: 64 * 1024 * 1024 }

/** The range to insert next and what of the offered blocks is left after it. */
export interface Cut {
  readonly range: readonly StoredBlock[]
  readonly rest: readonly StoredBlock[]
}

/** A range of its own: as many of the offered blocks as the limits allow, one at least. */
export function freshRange(blocks: readonly StoredBlock[], limits: RangeLimits = RANGE_LIMITS): Cut {
  let rows = 0
  let bytes = 0
  let end = 0
  for (const block of blocks) {
    rows += block.rows
    bytes += block.payload.byteLength
    if (end > 0 && (rows > limits.rows || bytes > limits.bytes)) break
    end += 1
  }
  return { range: blocks.slice(0, end), rest: blocks.slice(end) }
}

/** The pinned range again, exactly. Throws LC_STORE_PIN_SHORT when the topic offers less. */
export function pinnedRange(blocks: readonly StoredBlock[], pin: Pin, partition: number): Cut {
  const range = blocks.filter(block => block.offset <= pin.last)
  if (range.at(-1)?.offset !== pin.last) {
    throw new LcError(
      'LC_STORE_PIN_SHORT',
      `The pinned range of partition ${partition} ends at ${pin.last}, the topic offers less.`,
      'Blocks of it were lost (retention, a restored disk); restore them before the store goes on.',
    )
  }
  return { range, rest: blocks.slice(range.length) }
}

/** Rows of a block that are not inserted: those of repeated and of straddling parts, and those set aside. */
export function leftOutOf(block: StoredBlock, verdicts: readonly Verdict[], aside: readonly Origin[]): RowRange[] {
  const ranges: RowRange[] = []
  block.headers.uploads.forEach(({ first, rows }, index) => {
    if (verdicts[index] !== 'new' && rows > 0) ranges.push({ first, rows })
  })
  for (const { offset, row } of aside) if (offset === block.offset) ranges.push({ first: row, rows: 1 })
  return ranges
}

/** Parts of ClickHouse that one insert of these blocks makes at most in a table that is partitioned by month. */
export function partsOf(blocks: readonly StoredBlock[]): number {
  const months = new Set<number>()
  for (const { headers, rows } of blocks) {
    if (rows === 0) continue
    for (let month = monthOf(headers.first); month <= monthOf(headers.last); month += 1) months.add(month)
  }
  return months.size
}

/** Months since 1970, kept between 1970 and 2100: a block's header is not trusted to be sane. */
function monthOf(instant: number): number {
  const date = new Date(Math.min(Math.max(instant, 0), 4_102_444_800_000))
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}
