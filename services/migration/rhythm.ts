import type { Day } from './days.ts'

/** How long a consumer is used to be silent, and how long a silence must be before it means anything. In days. */
export interface Rhythm {
  /** The longest silence between two days of use, days without data taken out. */
  readonly longest: number
  /** How many silences were about as long: how well the rhythm is known. */
  readonly seen: number
  /** Silence from here on is beyond the rhythm. */
  readonly need: number
}

/** Days without data, counted: `before(n)` holes lie on days below n. */
export interface Holes {
  between(after: number, until: number): number
}

/** Whoever came only once, or tried for three days, may come back within a month. */
export const ONE_OFF_NEED = 35
const ONE_OFF_SPAN = 3

/**
 * The rhythm seen in the first `count` days of use. A rhythm known well (8 silences of its length) needs a quarter
 * more than its longest silence, a young one half more, one seen hardly at all the double; never under 8 days.
 */
export function rhythmOf(days: readonly Day[], count: number, holes: Holes): Rhythm {
  const first = days[0]
  const last = days[count - 1]
  if (first === undefined || last === undefined) return { longest: 0, seen: 0, need: 0 }
  let longest = 0
  for (let i = 1; i < count; i++) longest = Math.max(longest, gap(days, i, holes))
  if (last.at - first.at <= ONE_OFF_SPAN) return { longest, seen: 0, need: ONE_OFF_NEED }
  let seen = 0
  for (let i = 1; i < count; i++) if (gap(days, i, holes) >= 0.6 * longest) seen += 1
  const factor = seen >= 8 ? 1.25 : seen >= 3 ? 1.5 : 2
  return { longest, seen, need: Math.max(8, Math.ceil(factor * longest) + 1) }
}

function gap(days: readonly Day[], i: number, holes: Holes): number {
  const before = days[i - 1]
  const after = days[i]
  if (before === undefined || after === undefined) return 0
  return after.at - before.at - holes.between(before.at, after.at - 1)
}

/** A sorted list of hole days as a question. `between` leaves `after` out and takes `until` in. */
export function holesIn(sorted: readonly number[]): Holes {
  if (sorted.length === 0) return { between: () => 0 }
  return { between: (after, until) => Math.max(0, upTo(sorted, until) - upTo(sorted, after)) }
}

/** How many of the sorted numbers are not above `value`. */
function upTo(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? 0) <= value) low = middle + 1
    else high = middle
  }
  return low
}
