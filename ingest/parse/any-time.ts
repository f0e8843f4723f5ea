import { clfTime, epochTime, epochUnit, isoTime } from './times.ts'

/**
 * A moment in whatever way it was written: since 1970 in the unit its size tells, ISO 8601 or common log format
 * (local in `zone` where it has no offset). Milliseconds UTC, NaN when it is none.
 */
export function anyTime(value: unknown, zone: string): number {
  if (typeof value === 'number') {
    const unit = epochUnit(value)
    return unit === undefined ? Number.NaN : epochTime(value, unit)
  }
  if (typeof value !== 'string') return Number.NaN
  const iso = isoTime(value, zone)
  if (!Number.isNaN(iso)) return iso
  const clf = clfTime(value, zone)
  if (!Number.isNaN(clf)) return clf
  const unit = epochUnit(Number(value))
  return unit === undefined ? Number.NaN : epochTime(value, unit)
}
