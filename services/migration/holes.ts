import type { SourceHour } from '../domain/usage.ts'
import { dayNumber, dayText } from './days.ts'

/**
 * UTC days on which at least one of the feeding sources was not seen at all: neither a readable line nor a heartbeat.
 * Days before a source was first seen are none of its holes.
 *
 * @param hours what `UsageReader.sourceHours` gives
 * @param feeding ids of the sources that feed the API
 * @param today the last complete UTC day, YYYY-MM-DD; later days are not judged
 */
export function holeDays(hours: readonly SourceHour[], feeding: readonly string[], today: string): ReadonlySet<string> {
  const seen = new Map<string, Set<number>>(feeding.map(source => [source, new Set<number>()]))
  for (const hour of hours) if (isSeen(hour)) seen.get(hour.source)?.add(Math.floor(hour.hour / DAY_MS))
  const until = dayNumber(today)
  const holes = new Set<string>()
  for (const days of seen.values()) {
    let first = Number.POSITIVE_INFINITY
    for (const day of days) first = Math.min(first, day)
    for (let day = first; day <= until; day++) if (!days.has(day)) holes.add(dayText(day))
  }
  return holes
}

/** A source is seen by a heartbeat or a line that could be read; a stream of unreadable lines tells nothing of its callers. */
export function isSeen(hour: SourceHour): boolean {
  return hour.heartbeats > 0 || (hour.lines > 0 && hour.outcome !== 'unparsed')
}

const DAY_MS = 86_400_000
