import { dayOf } from './times.ts'

/**
 * .NET's default date text in the culture API Management runs in (en-US, invariant): `11/22/2026 3:23:24 AM` and
 * `11/22/2026 03:23:24`. `DateTime.UtcNow` is what policies print, so it is read as UTC. Milliseconds, NaN otherwise.
 */
export function usTime(text: string): number {
  if (text.length < 16 || text.length > 22) return Number.NaN
  const found = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d):(\d\d)(?: ([AP])M)?$/.exec(text)
  if (found === null) return Number.NaN
  const [, month, day, year, hour, minute, second, half] = found
  const clock = hourOf(Number(hour), half)
  if (!(Number(minute) <= 59 && Number(second) <= 60)) return Number.NaN
  const seconds = clock * 3600 + Number(minute) * 60 + Number(second)
  return dayOf(Number(year), Number(month), Number(day)) + seconds * 1000
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour <= 23 ? hour : Number.NaN
  if (hour < 1 || hour > 12) return Number.NaN
  return (hour % 12) + (half === 'P' ? 12 : 0)
}
