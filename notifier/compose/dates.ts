const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** `Saturday 19 December 2026 (2026-12-19)`, from YYYY-MM-DD. */
export function longDate(date: string): string {
  const { dayOfWeek } = Temporal.PlainDate.from(date)
  return `${DAYS[dayOfWeek - 1] ?? ''} ${shortDate(date)} (${date})`
}

/** `19 December 2026`, from YYYY-MM-DD. */
export function shortDate(date: string): string {
  const { day, month, year } = Temporal.PlainDate.from(date)
  return `${day} ${MONTHS[month - 1] ?? ''} ${year}`
}

/** `2026-11-20 15:03 Europe/Berlin (14:03 UTC)`; the UTC date too where it is another day. `at` is milliseconds UTC. */
export function instantIn(zone: string, at: number): string {
  const instant = Temporal.Instant.fromEpochMilliseconds(Math.floor(at))
  const there = instant.toZonedDateTimeISO(zone)
  const utc = instant.toZonedDateTimeISO('UTC')
  const local = `${there.toPlainDate()} ${clock(there)}`
  if (zone === 'UTC') return `${local} UTC`
  const sameDay = there.toPlainDate().equals(utc.toPlainDate())
  return `${local} ${zone} (${sameDay ? '' : `${utc.toPlainDate()} `}${clock(utc)} UTC)`
}

function clock(at: Temporal.ZonedDateTime): string {
  return `${String(at.hour).padStart(2, '0')}:${String(at.minute).padStart(2, '0')}`
}

/** `1 day`, `28 days`. */
export function daysText(days: number): string {
  return days === 1 ? '1 day' : `${days} days`
}

/** `1,204`. */
export function countText(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}
