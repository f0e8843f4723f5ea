import type { StoredBlock, Tally } from '../../services/domain/block.ts'
import type { Verdict } from '../topic/repeats.ts'
import type { Origin } from './pin.ts'

/** One row of tallies_in. Instants are whole seconds since 1970, UTC. */
export interface AccountRow {
  readonly hour: number
  readonly source: string
  readonly outcome: string
  readonly reason: string
  readonly lines: number
  readonly heartbeats: number
  readonly through: number
  readonly lag: number
}

/**
 * What a range adds to sources_hourly: the tallies of parts that count, with rows set aside moved from `call` to
 * `dead`, and heartbeats. Repeats are left out; the calls of a part that straddles are all dead.
 * Pure; the same range gives the same rows in the same order.
 */
export function accountsOf(
  blocks: readonly StoredBlock[],
  verdicts: readonly (readonly Verdict[])[],
  aside: readonly Origin[],
): AccountRow[] {
  const rows = new Map<string, Mutable<AccountRow>>()
  for (const [index, block] of blocks.entries()) {
    const through = Math.floor(block.headers.last / 1000)
    const dead = aside.filter(({ offset }) => offset === block.offset).map(({ row }) => row)
    for (const [at, part] of block.headers.uploads.entries()) {
      const verdict = verdicts[index]?.[at]
      if (verdict === 'repeat') continue
      const lost =
        verdict === 'straddles'
          ? part.rows
          : dead.filter(row => row >= part.first && row < part.first + part.rows).length
      const reason = verdict === 'straddles' ? 'straddles' : 'refused-by-store'
      for (const tally of movedToDead(part.tallies, lost, reason)) add(rows, block, tally, through)
    }
    const { heartbeat } = block.headers
    if (heartbeat !== undefined) {
      const row = rowOf(rows, block.headers.source, Math.floor(block.logTime / HOUR) * HOUR, '', '')
      row.heartbeats += 1
      row.through = Math.max(row.through, Math.floor(heartbeat.through / 1000))
    }
  }
  return [...rows.values()]
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
const HOUR = 3_600_000

/**
 * Takes `dead` lines from the calls, hour after hour, and counts them as dead in the same hours. A replayed row that is
 * refused again was among the dead before: it is replayed no more, and dead once.
 */
function movedToDead(tallies: readonly Tally[], dead: number, reason: string): readonly Tally[] {
  if (dead === 0) return tallies
  let left = dead
  return tallies.flatMap(tally => {
    const moved = tally.outcome === 'call' || tally.outcome === 'replayed' ? Math.min(left, tally.lines) : 0
    if (moved === 0) return [tally]
    left -= moved
    const rest = { ...tally, lines: tally.lines - moved }
    if (tally.outcome === 'replayed') return [rest]
    return [rest, { hour: tally.hour, outcome: 'dead' as const, reason, lines: moved }]
  })
}

function add(rows: Map<string, Mutable<AccountRow>>, block: StoredBlock, tally: Tally, through: number): void {
  const row = rowOf(rows, block.headers.source, tally.hour, tally.outcome, tally.reason)
  row.lines += tally.lines
  if (tally.outcome !== 'call' || through === 0) return
  row.through = Math.max(row.through, through)
  row.lag = Math.max(row.lag, Math.floor(block.logTime / 1000) - through)
}

function rowOf(
  rows: Map<string, Mutable<AccountRow>>,
  source: string,
  hour: number,
  outcome: string,
  reason: string,
): Mutable<AccountRow> {
  const name = `${source}\0${hour}\0${outcome}\0${reason}`
  let row = rows.get(name)
  if (row === undefined) {
    row = { hour: Math.floor(hour / 1000), source, outcome, reason, lines: 0, heartbeats: 0, through: 0, lag: 0 }
    rows.set(name, row)
  }
  return row
}
