import type { Deprecation } from '../domain/catalogue.ts'
import type { Policy } from '../domain/policy.ts'

export interface Countdown {
  /** Calendar days from today to the sunset date, in the API's zone; 0 on that date, negative after it; null without one. */
  readonly daysLeft: number | null
  /** The policy's stage we are in: days before the sunset (negative: after it); null before the first stage and without a date. */
  readonly stage: number | null
  /** Last calendar date, YYYY-MM-DD in the API's zone, on which the thing still answers; null without a sunset. */
  readonly lastDay: string | null
}

/**
 * Where a deprecation stands on a day. A date counts in calendar days, so a day of 23 or 25 hours is one day.
 *
 * @param zone IANA zone of the API.
 * @param today a date in that zone, or an instant (milliseconds since 1970, UTC) that is read there.
 */
export function countdown(
  deprecation: Pick<Deprecation, 'sunset'>,
  policy: Pick<Policy, 'stages'>,
  zone: string,
  today: Temporal.PlainDate | number,
): Countdown {
  const { sunset } = deprecation
  if (sunset === undefined) return { daysLeft: null, stage: null, lastDay: null }
  const date = typeof today === 'number' ? dateIn(zone, today) : today
  const daysLeft = date.until(Temporal.PlainDate.from(sunset.date), { largestUnit: 'days' }).days
  return {
    daysLeft,
    stage: dueStages(daysLeft, policy.stages).at(-1) ?? null,
    lastDay: lastDayOf(sunset.instant, zone),
  }
}

/**
 * The stages reached with `daysLeft` to go, oldest first; the last one is the newest. From the sunset date on only
 * stages of 0 and below are left: nobody is told "1 day left" of something that is gone.
 */
export function dueStages(daysLeft: number | null, stages: readonly number[]): readonly number[] {
  if (daysLeft === null) return []
  return stages.filter(stage => stage >= daysLeft && (daysLeft > 0 || stage <= 0)).sort((a, b) => b - a)
}

/** The calendar date at an instant (milliseconds since 1970, UTC) in an IANA zone. */
export function dateIn(zone: string, instant: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(instant)).toZonedDateTimeISO(zone).toPlainDate()
}

/** A sunset at midnight ends the day before; one at noon ends on its own day. */
function lastDayOf(instant: string, zone: string): string {
  return Temporal.Instant.from(instant).subtract({ nanoseconds: 1 }).toZonedDateTimeISO(zone).toPlainDate().toString()
}
