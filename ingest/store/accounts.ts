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
 * `dead`, and heartbeats. Repeats are left out. Pure; the same range gives the same rows in the same order.
 */
export function accountsOf(blocks: readonly StoredBlock[], verdicts: readonly (readonly Verdict[])[], aside: readonly Origin[]): AccountRow[] {
  const rows = new Map<string, Mutable<AccountRow>>()
  for (const [index, block] of blocks.entries()) {
    const through = Math.floor(block.headers.last / 1000)
    for (const [at, part] of block.headers.uploads.entries()) {
      if (verdicts[index]?.[at] === 'repeat') continue
      const dead = aside.filter(({ offset, row }) => offset === block.offset && row >= part.first && row < part.first + part.rows).length
      for (const tally of movedToDead(part.tallies, dead)) add(rows, block, tally, through)
    }
    const { heartbeat } = block.headers
    if (heartbeat !== undefined) {
      const hour = Math.floor(block.logTime / HOUR) * HOUR
      const row = rowOf(rows, block, { hour, outcome: '', reason: '' })
      row.heartbeats += 1
      row.through = Math.max(row.through, Math.floor(heartbeat.through / 1000))
    }
  }
  return [...rows.values()]
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
const HOUR = 3_600_000

function movedToDead(tallies: readonly Tally[], dead: number): readonly Tally[] {
  if (dead === 0) return tallies
  const [call] = tallies.filter(tally => tally.outcome === 'call')
  if (call === undefined) return tallies
  return [...tallies.map(tally => (tally === call ? { ...call, lines: call.lines - dead } : tally)), { hour: call.hour, outcome: 'dead', reason: 'refused-by-store', lines: dead }]
}

function add(rows: Map<string, Mutable<AccountRow>>, block: StoredBlock, tally: Tally, through: number): void {
  const row = rowOf(rows, block, tally)
  row.lines += tally.lines
  if (tally.outcome !== 'call' || through === 0) return
  row.through = Math.max(row.through, through)
  row.lag = Math.max(row.lag, Math.floor(block.logTime / 1000) - through)
}

function rowOf(rows: Map<string, Mutable<AccountRow>>, block: StoredBlock, of: Pick<Tally, 'hour' | 'outcome' | 'reason'> | { hour: number; outcome: string; reason: string }): Mutable<AccountRow> {
  const { source } = block.headers
  const name = `${source}\0${of.hour}\0${of.outcome}\0${of.reason}`
  let row = rows.get(name)
  if (row === undefined) {
    row = { hour: Math.floor(of.hour / 1000), source, outcome: of.outcome, reason: of.reason, lines: 0, heartbeats: 0, through: 0, lag: 0 }
    rows.set(name, row)
  }
  return row
}
