/** A consumer's day on one side of a deprecation: what `ActiveDay` says, without who. */
export interface DayOfUse {
  /** UTC, YYYY-MM-DD. */
  readonly day: string
  readonly calls: number
  /** 48 half-hours, bit 0 is 00:00 UTC. */
  readonly slots: bigint
}

/** The same day as a number, sorted, with its calls: what the rules below count with. */
export interface Day {
  /** Days since 1970-01-01. */
  readonly at: number
  readonly calls: number
  /** Half-hours 0–23 and 24–47 as bits: two small numbers are ten times as fast as one bigint. */
  readonly morning: number
  readonly evening: number
}

const known = new Map<string, number>()

/** Days since 1970-01-01 of a date YYYY-MM-DD. Remembered: a fleet of consumers shares a few hundred dates. */
export function dayNumber(day: string): number {
  const seen = known.get(day)
  if (seen !== undefined) return seen
  const number = Math.round(
    Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / DAY_MS,
  )
  if (!Number.isFinite(number)) throw new RangeError(`not a date: ${day}`)
  if (known.size > 20_000) known.clear()
  known.set(day, number)
  return number
}

export function dayText(at: number): string {
  return new Date(at * DAY_MS).toISOString().slice(0, 10)
}

/** Day of the month and its length, for a day number. */
export function monthPlace(at: number): { readonly day: number; readonly length: number } {
  const date = new Date(at * DAY_MS)
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  return { day: date.getUTCDate(), length }
}

/** Days in order, one per date (two rows of a date become one), none after `until`. */
export function ordered(days: readonly DayOfUse[], until: number): readonly Day[] {
  const list: Day[] = []
  for (const { day, calls, slots } of days) {
    const at = dayNumber(day)
    if (at <= until) list.push({ at, calls, morning: Number(slots & HALF), evening: Number((slots >> 24n) & HALF) })
  }
  list.sort((a, b) => a.at - b.at)
  let kept = 0
  for (let i = 1; i < list.length; i++) {
    const last = list[kept]
    const next = list[i]
    if (last === undefined || next === undefined) continue
    if (last.at === next.at) list[kept] = united(last, next)
    else list[++kept] = next
  }
  list.length = Math.min(list.length, kept + 1)
  return list
}

function united(a: Day, b: Day): Day {
  return { at: a.at, calls: a.calls + b.calls, morning: a.morning | b.morning, evening: a.evening | b.evening }
}

const HALF = 0xffffffn
const DAY_MS = 86_400_000
