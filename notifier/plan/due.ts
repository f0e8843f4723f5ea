import { countdown, dateIn } from '../../services/countdown/countdown.ts'
import type { Deprecation } from '../../services/domain/catalogue.ts'
import type { NoticeKind } from '../../services/domain/notice.ts'
import type { Policy } from '../../services/domain/policy.ts'
import type { PastNotice } from './view.ts'

/** A deprecation on the day of the round: what could be due to anybody. */
export interface Calendar {
  readonly announced: boolean
  readonly sunset: string | undefined
  readonly daysLeft: number | undefined
  /** The newest stage reached, undefined before the first. */
  readonly stage: number | undefined
  /** The newest digest reached (1, 2, …), 0 before the first or where the policy has none. */
  readonly digest: number
  /** Days from the announcement to the day on which that stage was reached. */
  readonly stageReached: number
}

export interface Due {
  readonly kind: NoticeKind
  readonly stage: number | undefined
  readonly occurrence: number
  readonly standsFor: number | undefined
  readonly movedFrom?: string | undefined
}

/** Computed once per deprecation and round; `now` is milliseconds UTC, days are the API's. */
export function calendarOf(deprecation: Deprecation, policy: Policy, zone: string, now: number): Calendar {
  const today = dateIn(zone, now)
  const announced = Temporal.PlainDate.from(deprecation.announced)
  const age = announced.until(today, { largestUnit: 'days' }).days
  const { daysLeft, stage } = countdown(deprecation, policy, zone, today)
  const digests = daysLeft === null && policy.digestDays > 0 && age > 0 ? Math.floor(age / policy.digestDays) : 0
  return {
    announced: age >= 0,
    sunset: deprecation.sunset?.date,
    daysLeft: daysLeft ?? undefined,
    stage: stage ?? undefined,
    digest: digests,
    stageReached: daysLeft === null || stage === null ? 0 : age + daysLeft - stage,
  }
}

/**
 * The one notice that is newest for a caller's contact today, whether or not it may go. After a pause only the newest stage is
 * left, and a notice stands for the stage of its day.
 *
 * `date-moved` comes before all: who was told another date hears the new one first.
 */
export function newestDue(calendar: Calendar, policy: Policy, past: readonly PastNotice[]): Due | undefined {
  if (!calendar.announced) return undefined
  const told = lastTold(past)
  if (told !== undefined && told.sunset !== calendar.sunset) return dateMoved(calendar, told)
  if (
    calendar.stage !== undefined &&
    !stoodFor(past, calendar, calendar.stage) &&
    !announcementIsNewer(calendar, policy, past)
  ) {
    const kind = (calendar.daysLeft ?? 0) < 0 ? 'after-sunset' : 'countdown'
    return { kind, stage: calendar.stage, occurrence: 0, standsFor: undefined }
  }
  return (told === undefined ? announcement(calendar, policy, past) : undefined) ?? digest(calendar, past)
}

/** The same for a customer that calls nothing deprecated, where all customers are told: no reminders, only the news. */
export function newsDue(calendar: Calendar, policy: Policy, past: readonly PastNotice[]): Due | undefined {
  if (!calendar.announced) return undefined
  const told = lastTold(past)
  if (told !== undefined) return told.sunset === calendar.sunset ? undefined : dateMoved(calendar, told)
  return announcement(calendar, policy, past)
}

function announcement(calendar: Calendar, policy: Policy, past: readonly PastNotice[]): Due | undefined {
  if (policy.announcement === 'none' || past.length > 0) return undefined
  if (calendar.daysLeft !== undefined && calendar.daysLeft <= 0) return undefined
  return { kind: 'announcement', stage: undefined, occurrence: 0, standsFor: calendar.stage ?? digestNumber(calendar) }
}

function dateMoved(calendar: Calendar, told: PastNotice): Due {
  const standsFor = calendar.stage ?? digestNumber(calendar)
  return { kind: 'date-moved', stage: undefined, occurrence: 0, standsFor, movedFrom: told.sunset }
}

function digest(calendar: Calendar, past: readonly PastNotice[]): Due | undefined {
  if (calendar.digest === 0) return undefined
  const done = past.some(
    ({ occurrence, standsFor, sunset }) =>
      sunset === undefined && Math.max(occurrence, standsFor ?? 0) >= calendar.digest,
  )
  return done ? undefined : { kind: 'digest', stage: undefined, occurrence: calendar.digest, standsFor: undefined }
}

/** Announced on or after the day of that stage: the first word is the announcement, not a reminder of what nobody was told. */
function announcementIsNewer(calendar: Calendar, policy: Policy, past: readonly PastNotice[]): boolean {
  return past.length === 0 && policy.announcement !== 'none' && calendar.stageReached <= 0
}

/** A stage is done once it, or a later one, was told for this date. */
function stoodFor(past: readonly PastNotice[], calendar: Calendar, stage: number): boolean {
  return past.some(
    notice =>
      notice.sunset === calendar.sunset && (notice.stage ?? notice.standsFor ?? Number.POSITIVE_INFINITY) <= stage,
  )
}

/** The last notice that reached, or may have reached, the contact. */
export function lastTold(past: readonly PastNotice[]): PastNotice | undefined {
  let last: PastNotice | undefined
  for (const notice of past) if (notice.told && (last === undefined || notice.at >= last.at)) last = notice
  return last
}

function digestNumber(calendar: Calendar): number | undefined {
  return calendar.daysLeft === undefined ? calendar.digest : undefined
}
