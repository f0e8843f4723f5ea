import type { MigrationState } from '../domain/usage.ts'
import { type Day, type DayOfUse, dayNumber, dayText, monthPlace, ordered } from './days.ts'
import { hiddenJobUntil } from './hidden-job.ts'
import { type Holes, holesIn, rhythmOf } from './rhythm.ts'

/** Where one consumer stands with one deprecation, and why. Days are UTC, YYYY-MM-DD. */
export interface Migration {
  readonly state: MigrationState
  /** First day of this state; '' for `never`. */
  readonly since: string
  /** For `sleeping`: the day by which its rhythm lets us expect it again. */
  readonly backBy: string | undefined
  /** One sentence for people. */
  readonly why: string
  /** Whole days of silence on the old thing, days without data left out. */
  readonly silentFor: number
  /** Silence that its rhythm asks for before we believe it is gone: the threshold for mail. */
  readonly need: number
  /** The gate's threshold as well: silent long enough, and a month's end has passed in that silence. */
  readonly gate: boolean
}

/**
 * The state of one consumer (or principal) for one deprecation: a rule over days of use on both sides.
 *
 * Silence is measured against the consumer's own rhythm; days without data are no silence; `migrated` is only said
 * when the successor was seen after the last old call. The thresholds come from a simulation of 3,000 consumers
 * (docs/decisions/ledger.md names the figures).
 *
 * @param old days on which the deprecated thing was used, class `use`, not refused; any order
 * @param successor the same for what replaces it
 * @param holes UTC days (YYYY-MM-DD) on which a feeding source was not seen
 * @param today the last complete UTC day, YYYY-MM-DD; later days are not looked at
 */
export function migrationState(
  old: readonly DayOfUse[],
  successor: readonly DayOfUse[],
  holes: ReadonlySet<string>,
  today: string,
): Migration {
  const now = dayNumber(today)
  const days = ordered(old, now)
  const news = ordered(successor, now)
  const last = days.at(-1)
  if (last === undefined) return NEVER
  const without = holesIn([...holes].map(dayNumber).sort((a, b) => a - b))
  const silence = now - last.at - without.between(last.at, now)
  const threshold = thresholdAt(days, days.length, news, without, now)
  const { need, longest } = threshold
  const moved = countBetween(news, last.at, now) > 0
  if (silence >= need) {
    return {
      state: moved ? 'migrated' : 'stopped',
      since: dayText(last.at + 1),
      backBy: undefined,
      why: `silent for ${people(silence)}, its rhythm asked for ${need}${moved ? ', and it calls the successor' : ', and it never called the successor since'}`,
      silentFor: silence,
      need,
      gate: monthEnded(last.at, now),
    }
  }
  const quiet = { silentFor: Math.max(0, silence), need, gate: false }
  if (silence >= Math.max(2, longest)) {
    const backBy = dayText(last.at + need + without.between(last.at, now))
    return {
      state: 'sleeping',
      since: dayText(last.at + 1),
      backBy,
      why: sleepingWhy(silence, threshold, backBy),
      ...quiet,
    }
  }
  const returned = comeback(days, news, without)
  if (returned !== undefined) {
    return {
      state: 'relapsed',
      since: dayText(returned),
      backBy: undefined,
      why: 'had moved to the successor and calls the old one again',
      ...quiet,
    }
  }
  const firstNew = news[0]
  if (firstNew !== undefined) {
    const since = dayText(Math.max(firstNew.at, days[0]?.at ?? firstNew.at))
    return { state: 'migrating', since, backBy: undefined, why: 'calls both the old one and its successor', ...quiet }
  }
  return {
    state: 'active',
    since: dayText(days[0]?.at ?? last.at),
    backBy: undefined,
    why: 'calls the old one only',
    ...quiet,
  }
}

interface Threshold {
  readonly need: number
  readonly longest: number
  /** A rarer job was seen inside a frequent rhythm. */
  readonly hidden: boolean
}

/** What silence must reach after the first `count` days of use, seen from the day `now`. */
function thresholdAt(days: readonly Day[], count: number, news: readonly Day[], holes: Holes, now: number): Threshold {
  const last = days[count - 1]?.at ?? 0
  const rhythm = rhythmOf(days, count, holes)
  const silence = now - last - holes.between(last, now)
  const need = turnReplaced(days, count, news, rhythm.longest, silence, now) ? rhythm.longest + 4 : rhythm.need
  const until = hiddenJobUntil(days, count)
  const hidden = until - last > need
  return { need: hidden ? until - last : need, longest: rhythm.longest, hidden }
}

/** A slow job whose turn the successor has taken over, no more often than the old one came: no need to wait for a second turn. */
function turnReplaced(
  days: readonly Day[],
  count: number,
  news: readonly Day[],
  longest: number,
  silence: number,
  now: number,
): boolean {
  const first = days[0]
  const last = days[count - 1]
  if (first === undefined || last === undefined || longest < 5 || silence < longest) return false
  const turns = countBetween(news, last.at, now)
  if (turns === 0) return false
  return turns / (now - last.at) <= (3 * count) / (last.at - first.at + 1) + 0.02
}

/** The day it came back after it had been `migrated`, if it ever did. */
function comeback(days: readonly Day[], news: readonly Day[], holes: Holes): number | undefined {
  if (news.length === 0) return undefined
  for (let i = days.length - 1; i > 0; i--) {
    const before = days[i - 1]
    const after = days[i]
    if (before === undefined || after === undefined || after.at - before.at < 8) continue
    const silence = after.at - 1 - before.at - holes.between(before.at, after.at - 1)
    if (silence < 8 || countBetween(news, before.at, after.at - 1) === 0) continue
    if (silence >= thresholdAt(days, i, news, holes, after.at - 1).need) return after.at
  }
  return undefined
}

/** Days of use after `after`, up to `until`. */
function countBetween(days: readonly Day[], after: number, until: number): number {
  let count = 0
  for (let i = days.length - 1; i >= 0; i--) {
    const at = days[i]?.at ?? 0
    if (at <= after) break
    if (at <= until) count += 1
  }
  return count
}

/** A month's last day, and three more, lie in the silence. */
function monthEnded(last: number, now: number): boolean {
  const place = monthPlace(last + 1)
  return last + 1 + (place.length - place.day) + 3 <= now
}

function sleepingWhy(silence: number, threshold: Threshold, backBy: string): string {
  const rhythm = threshold.hidden
    ? 'a monthly or quarterly job was seen'
    : `it has been silent for ${people(threshold.longest)} before`
  return `silent for ${people(silence)}, but ${rhythm}: it may come back until ${backBy}`
}

function people(days: number): string {
  return days === 1 ? '1 day' : `${days} days`
}

const NEVER: Migration = {
  state: 'never',
  since: '',
  backBy: undefined,
  why: 'never called the old one',
  silentFor: 0,
  need: 0,
  gate: true,
}
