import type { Source } from '../domain/catalogue.ts'
import type { SourceHour } from '../domain/usage.ts'
import { freshnessOf, type SourceFreshness } from './freshness.ts'

/** What one source did in one hour of receipt. */
export interface HourHealth {
  /** Milliseconds UTC, a whole hour. */
  readonly hour: number
  /** Seconds its calls came late, at most; null when none came. */
  readonly lag: number | null
  /** Seconds its latest event lies ahead of the hour's end, or of now. */
  readonly ahead: number
}

/** One source as of now. */
export interface SourceHealth extends SourceFreshness {
  /** Of the latest hour in which calls came, in seconds; null when none did. */
  readonly lag: number | null
  /** Seconds by which its clock is ahead of ours, at least; 0 when nothing shows it. */
  readonly ahead: number
  /** Hours between the first and the last in which neither a line nor a heartbeat came; milliseconds UTC. */
  readonly silentHours: readonly number[]
  /** Calls that one logged call stands for, on average: above 1 it is sampled. */
  readonly weight: number
}

const HOUR = 3_600_000

/** How each declared source does, from its hours of receipt. */
export function healthOf(
  sources: Iterable<Source>,
  hours: readonly SourceHour[],
  weights: ReadonlyMap<string, number>,
  now: number,
): SourceHealth[] {
  const bySource = Map.groupBy(hours, ({ source }) => source)
  return freshnessOf(sources, hours, now).map(fresh => {
    const healths = hourHealths(bySource.get(fresh.source) ?? [], now)
    return {
      ...fresh,
      lag: healths.findLast(({ lag }) => lag !== null)?.lag ?? null,
      ahead: Math.max(0, ...healths.map(({ ahead }) => ahead)),
      silentHours: silentHours(healths.map(({ hour }) => hour)),
      weight: weights.get(fresh.source) ?? 1,
    }
  })
}

/** Of the hours of one source, in order. */
export function hourHealths(hours: readonly SourceHour[], now: number): HourHealth[] {
  const byHour = Map.groupBy(hours, ({ hour }) => hour)
  return [...byHour.keys()]
    .sort((a, b) => a - b)
    .map(hour => {
      const all = byHour.get(hour) ?? []
      const calls = all.filter(({ outcome, lines }) => outcome === 'call' && lines > 0)
      const through = Math.max(0, ...all.map(one => one.through))
      return {
        hour,
        lag: calls.length === 0 ? null : Math.max(...calls.map(({ lag }) => lag)),
        ahead: Math.max(0, Math.ceil((through - Math.min(hour + HOUR, now)) / 1000)),
      }
    })
}

/** Hours between the first and the last that are not among them. */
export function silentHours(hours: readonly number[]): number[] {
  const seen = new Set(hours)
  const silent: number[] = []
  for (let at = Math.min(...seen); at <= Math.max(...seen); at += HOUR) if (!seen.has(at)) silent.push(at)
  return silent
}
