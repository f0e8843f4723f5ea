import type { Source } from '../domain/catalogue.ts'
import type { SourceHour } from '../domain/usage.ts'

/** One source as of now; instants are milliseconds UTC, 0 when never. */
export interface SourceFreshness {
  readonly source: string
  readonly lines: number
  /** What became of its lines: of each outcome and reason those that were more than none. */
  readonly tallies: readonly { readonly outcome: string; readonly reason: string; readonly lines: number }[]
  /** Latest event or heartbeat. */
  readonly through: number
  readonly state: 'fresh' | 'stale' | 'never seen'
}

/** A source counts as fresh for this long after its latest line or heartbeat: the same limit holds letters back. */
export const FRESH_MS = 24 * 3_600_000

/** How each declared source stands, from its hours of receipt. The built-in `auto` only shows once it was used. */
export function freshnessOf(sources: Iterable<Source>, hours: readonly SourceHour[], now: number): SourceFreshness[] {
  const result: SourceFreshness[] = []
  const bySource = Map.groupBy(hours, ({ source }) => source)
  for (const { id } of sources) {
    const mine = bySource.get(id) ?? []
    if (mine.length === 0 && id === 'auto') continue
    const tallies = [...Map.groupBy(mine, ({ outcome, reason }) => `${outcome} ${reason}`).values()].flatMap(same => {
      const lines = same.reduce((sum, hour) => sum + hour.lines, 0)
      const [one] = same
      return one === undefined || lines === 0 ? [] : [{ outcome: one.outcome, reason: one.reason, lines }]
    })
    const through = Math.max(0, ...mine.map(hour => hour.through))
    result.push({
      source: id,
      lines: mine.reduce((sum, hour) => sum + hour.lines, 0),
      tallies,
      through,
      state: through === 0 ? 'never seen' : now - through <= FRESH_MS ? 'fresh' : 'stale',
    })
  }
  return result
}
