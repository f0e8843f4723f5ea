import { type Day, monthPlace } from './days.ts'

/** Grace after a turn: month-end work slips over weekends and holidays. */
const GRACE = 5

/**
 * A daily caller may hide a monthly or quarterly job: a half-hour used only then, or a month's turn that doubles the
 * volume. Its silence says nothing before that job's next turn.
 *
 * Takes the first `count` days of use; gives the day (days since 1970) up to which the silence must reach, 0 when no
 * such job is seen.
 */
export function hiddenJobUntil(days: readonly Day[], count: number): number {
  const last = days[count - 1]
  if (last === undefined || count < 4) return 0
  const until = Math.max(ownHalfHour(days, count), monthTurn(days, count, last.at))
  return until > last.at ? until : 0
}

/** A half-hour of its own: used 24–38 or 80–100 days apart, at least twice so, or once on the same day of the month. */
function ownHalfHour(days: readonly Day[], count: number): number {
  const rare = rareHalfHours(days, count)
  let until = 0
  for (let slot = 0; slot < 48; slot++) {
    const bit = 1 << (slot % 24)
    if (((slot < 24 ? rare.morning : rare.evening) & bit) === 0) continue
    const uses: number[] = []
    for (let i = 0; i < count; i++) {
      const day = days[i]
      if (day !== undefined && ((slot < 24 ? day.morning : day.evening) & bit) !== 0) uses.push(day.at)
    }
    const turn = turnOf(uses)
    if (turn > 0) until = Math.max(until, (uses.at(-1) ?? 0) + turn + GRACE)
  }
  return until
}

/** Half-hours used at least twice and never less than 24 days apart: the only ones worth a closer look. */
function rareHalfHours(days: readonly Day[], count: number): { readonly morning: number; readonly evening: number } {
  const once = { morning: 0, evening: 0 }
  const twice = { morning: 0, evening: 0 }
  const frequent = { morning: 0, evening: 0 }
  for (let i = 0; i < count; i++) {
    const day = days[i]
    if (day === undefined) continue
    for (let j = i - 1; j >= 0; j--) {
      const before = days[j]
      if (before === undefined || day.at - before.at >= 24) break
      frequent.morning |= before.morning & day.morning
      frequent.evening |= before.evening & day.evening
    }
    twice.morning |= once.morning & day.morning
    twice.evening |= once.evening & day.evening
    once.morning |= day.morning
    once.evening |= day.evening
  }
  return { morning: twice.morning & ~frequent.morning, evening: twice.evening & ~frequent.evening }
}

function turnOf(uses: readonly number[]): number {
  let longest = 0
  let monthly = true
  let sawMonth = false
  let quarterly = true
  for (let i = 1; i < uses.length; i++) {
    const apart = (uses[i] ?? 0) - (uses[i - 1] ?? 0)
    longest = Math.max(longest, apart)
    const month = apart >= 24 && apart <= 38
    sawMonth ||= month
    // One missed turn is still the same job.
    monthly &&= month || (apart >= 54 && apart <= 70)
    quarterly &&= apart >= 80 && apart <= 100
  }
  monthly &&= sawMonth
  if (!monthly && !quarterly) return 0
  if (uses.length > 2) return monthly ? Math.min(longest, 38) : longest
  const [first = 0, second = 0] = uses
  return Math.abs(monthPlace(first).day - monthPlace(second).day) <= 1 ? longest : 0
}

/** Volume at the month's turn (its last day, the next's first) at least double the usual, two turns long. */
function monthTurn(days: readonly Day[], count: number, last: number): number {
  let turns = 0
  const usual: number[] = []
  const atTurn: number[] = []
  for (let i = 0; i < count; i++) {
    const day = days[i]
    if (day === undefined) continue
    const place = monthPlace(day.at)
    if (place.day === 1 || place.day === place.length) atTurn.push(day.calls)
    else usual.push(day.calls)
  }
  if (usual.length < 8 || atTurn.length < 2) return 0
  usual.sort((a, b) => a - b)
  const median = usual[usual.length >> 1] ?? 0
  for (const calls of atTurn) if (calls >= 2 * median) turns += 1
  if (turns < 2 || turns * 2 < atTurn.length) return 0
  const place = monthPlace(last)
  return last + (place.length - place.day) + 1 + GRACE
}
