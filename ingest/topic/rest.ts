import type { Block } from '../../services/domain/block.ts'

/** So many rows pay as they are. */
export const PAYS_ROWS = 64_000
/** So many in one turn came fast: more of them are worth waiting for. */
const FLOOD_ROWS = 8_000
const LONGEST_MS = 3_000

/**
 * Milliseconds to wait before a partition's next turn, so that blocks gather. One row costs a store nearly what
 * thousands cost (seven tables, each a handful of files): a trickle waits `gatherMs` from turn to turn, and as long as the
 * turn before took; where rows come fast a tenth of the time is work, with at most three seconds of waiting.
 */
export function restAfter(blocks: readonly Pick<Block, 'rows'>[], tookMs: number, gatherMs: number): number {
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0)
  const least = Math.max(0, gatherMs - tookMs)
  if (rows >= PAYS_ROWS) return least
  return Math.max(least, Math.min(tookMs * (rows >= FLOOD_ROWS ? 9 : 1), LONGEST_MS))
}
