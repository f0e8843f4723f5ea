/** Numbers and dates as people read them; every date says its zone where it matters. */

const number = new Intl.NumberFormat('en')

export const count = (value: number): string => number.format(value)

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

/** `28 Nov 2026` of a calendar date YYYY-MM-DD. */
export function dateText(date: string): string {
  return Temporal.PlainDate.from(date).toLocaleString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
}

/** `28 Nov 2026, 14:05 UTC` of an instant in milliseconds. */
export function instantText(instant: number): string {
  if (instant === 0) return 'never'
  const at = Temporal.Instant.fromEpochMilliseconds(Math.floor(instant)).toZonedDateTimeISO('UTC')
  return `${dateText(at.toPlainDate().toString())}, ${String(at.hour).padStart(2, '0')}:${String(at.minute).padStart(2, '0')} UTC`
}

/** `12 s ago`, `3 h ago`, `5 days ago`. */
export function agoText(instant: number, now: number): string {
  return instant === 0 ? 'never' : `${durationText(Math.max(0, Math.floor((now - instant) / 1000)))} ago`
}

/** `12 s`, `3 h`, `5 days`. */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${seconds} s`
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)} h`
  return `${Math.round(seconds / 86_400)} days`
}

/** `in 6 days`, `today`, `3 days ago` for calendar days left. */
export function daysText(daysLeft: number): string {
  if (daysLeft === 0) return 'today'
  return daysLeft > 0 ? `in ${plural(daysLeft, 'day')}` : `${plural(-daysLeft, 'day')} ago`
}

/** `+12`, `−3`, `0`, of a change. */
export const changeText = (value: number): string =>
  value > 0 ? `+${count(value)}` : value < 0 ? `−${count(-value)}` : '0'
