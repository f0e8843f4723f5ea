import type { Source } from '../domain/catalogue.ts'
import type { SourceHour } from '../domain/usage.ts'

/** One source as of now; instants are milliseconds UTC, 0 when never. */
export interface SourceFreshness {
  readonly source: string
  readonly lines: number
  readonly byOutcome: ReadonlyMap<string, number>
  /** Latest event or heartbeat. */
  readonly through: number
  readonly state: 'fresh' | 'stale' | 'never seen'
}

/** A source counts as fresh for this long after its latest line or heartbeat: the same limit holds letters back. */
export const FRESH_MS = 24 * 3_600_000

/** How each declared source stands, from its hours of receipt. The built-in `auto` only shows once it was used. */
export function freshnessOf(sources: Iterable<Source>, hours: readonly SourceHour[], now: number): SourceFreshness[] {
  const result: SourceFreshness[] = []
  for (const { id } of sources) {
    const mine = hours.filter(hour => hour.source === id)
    if (mine.length === 0 && id === 'auto') continue
    const byOutcome = new Map<string, number>()
    for (const hour of mine) {
      const name = hour.reason === '' ? hour.outcome : `${hour.outcome} (${hour.reason})`
      if (hour.lines > 0) byOutcome.set(name, (byOutcome.get(name) ?? 0) + hour.lines)
    }
    const through = Math.max(0, ...mine.map(hour => hour.through))
    result.push({
      source: id,
      lines: mine.reduce((sum, hour) => sum + hour.lines, 0),
      byOutcome,
      through,
      state: through === 0 ? 'never seen' : now - through <= FRESH_MS ? 'fresh' : 'stale',
    })
  }
  return result
}
