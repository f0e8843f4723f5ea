import type { Finding, Place, Sunset } from '../../domain/catalogue.ts'
import { fault, quoted } from '../findings.ts'

const DATE = /^\d{4}-\d{2}-\d{2}$/
/** RFC 3339 §5.6; Temporal alone would also take forms no one else reads. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

/** A calendar date `YYYY-MM-DD` from 2000 to 2099; anything else is a fault. */
export function readDate(text: string, place: Place, findings: Finding[]): Temporal.PlainDate | undefined {
  const date = DATE.test(text) ? attempt(() => Temporal.PlainDate.from(text, { overflow: 'reject' })) : undefined
  if (date !== undefined && date.year >= 2000 && date.year < 2100) return date
  findings.push(
    fault(place, 'LC_DATE', `${quoted(text)} is no date`, 'Write a calendar date as YYYY-MM-DD, such as 2026-12-20.'),
  )
  return undefined
}

/**
 * A sunset: a date is the first moment of that day in the API's zone, so that its last day of service is the day
 * before; an RFC 3339 instant stands for itself, and its date is read in the zone.
 */
export function readSunset(text: string, zone: string, place: Place, findings: Finding[]): Sunset | undefined {
  if (INSTANT.test(text)) {
    const instant = attempt(() => Temporal.Instant.from(text))
    const date = instant?.toZonedDateTimeISO(zone).toPlainDate()
    if (instant !== undefined && date !== undefined && date.year >= 2000 && date.year < 2100) {
      return { date: date.toString(), instant: instant.toString() }
    }
  }
  if (DATE.test(text)) {
    const date = readDate(text, place, findings)
    return date === undefined
      ? undefined
      : { date: date.toString(), instant: date.toZonedDateTime(zone).toInstant().toString() }
  }
  findings.push(
    fault(
      place,
      'LC_DATE',
      `${quoted(text)} is no sunset`,
      'Write a date (2026-12-20: 00:00 in the API’s zone) or an instant with its offset (2026-12-20T12:00:00Z).',
    ),
  )
  return undefined
}

/** An IANA zone as given, else UTC and a fault. */
export function readZone(zone: string, place: Place, findings: Finding[]): string {
  if (isZone(zone)) return zone
  findings.push(
    fault(place, 'LC_ZONE', `${quoted(zone)} is no time zone`, 'Write an IANA name, such as Europe/Berlin or UTC.'),
  )
  return 'UTC'
}

const zones = new Map<string, boolean>()

/** Whether it is the name of an IANA zone; a bare offset is none, for it does not know about summer. */
export function isZone(zone: string): boolean {
  let known = zones.get(zone)
  if (known === undefined) {
    known =
      /^[A-Za-z]/.test(zone) &&
      attempt(() => Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)) !== undefined
    if (zones.size < 1_000) zones.set(zone, known)
  }
  return known
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
