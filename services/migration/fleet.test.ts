import t from 'tap'
import { type DayOfUse, dayNumber, dayText, monthPlace } from './days.ts'
import { migrationState } from './state.ts'

/** An invented fleet, the same in every run, whose truth is known: who is called migrated, and does it call again? */
const START = dayNumber('2026-01-05')
const END = START + 420

interface Job {
  runs(day: number): boolean
  /** Half-hours used. */
  readonly slots: bigint
  readonly calls: number
}

const monthEnd = (day: number): boolean => monthPlace(day).day === monthPlace(day).length
const quarterEnd = (day: number): boolean => monthEnd(day) && /-(03|06|09|12)-/.test(dayText(day))
const weekday = (day: number): boolean => (day + 3) % 7 < 5
const all = (1n << 48n) - 1n
const job = (runs: Job['runs'], slots: bigint, calls: number): Job => ({ runs, slots, calls })

const KINDS: ReadonlyMap<string, readonly Job[]> = new Map([
  ['continuous', [job(() => true, all, 500)]],
  ['daily', [job(() => true, 1n << 7n, 50)]],
  ['weekdays', [job(weekday, 0xffffn << 16n, 80)]],
  ['weekly', [job(day => day % 7 === 2, 1n << 9n, 30)]],
  ['every two weeks', [job(day => day % 14 === 5, 1n << 9n, 30)]],
  ['month-end', [job(monthEnd, 1n << 40n, 300)]],
  ['daily with a month-end job', [job(() => true, 1n << 10n, 50), job(monthEnd, 1n << 33n, 40)]],
  ['weekdays with a quarterly job', [job(weekday, 0xffffn << 16n, 80), job(quarterEnd, 1n << 45n, 40)]],
])
const FATES = ['stays', 'moves', 'moves but its rarest job', 'stops', 'uses both'] as const

/** Numbers in [0, 1), the same every time. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** The days of one caller on both sides; three runs in a hundred fall out. */
function lifeOf(
  jobs: readonly Job[],
  fate: (typeof FATES)[number],
  turn: number,
  roll: () => number,
): { readonly old: DayOfUse[]; readonly next: DayOfUse[] } {
  const old: DayOfUse[] = []
  const next: DayOfUse[] = []
  for (const [n, one] of jobs.entries()) {
    for (let at = START; at <= END; at++) {
      if (!one.runs(at) || roll() < 0.03) continue
      const use = { day: dayText(at), calls: one.calls, slots: one.slots }
      const rarest = n === jobs.length - 1
      if (at < turn || fate === 'stays') old.push(use)
      else if (fate === 'uses both') old.push(use) && next.push(use)
      else if (fate === 'moves' || (fate === 'moves but its rarest job' && !(rarest && jobs.length > 1))) next.push(use)
      else if (fate === 'moves but its rarest job') old.push(use)
    }
  }
  return { old, next }
}

t.test('over a fleet whose truth is known, a verdict of migrated is right at least 98 times in 100', t => {
  const roll = dice(12_345)
  let right = 0
  let wrong = 0
  let movers = 0
  let found = 0
  for (let n = 0; n < 320; n++) {
    const jobs = [...KINDS.values()][n % KINDS.size] ?? []
    const fate = FATES[Math.floor(roll() * FATES.length)] ?? 'stays'
    const { old, next } = lifeOf(jobs, fate, START + 150 + Math.floor(roll() * 150), roll)
    const last = Math.max(...old.map(({ day }) => dayNumber(day)))
    if (fate === 'moves') movers += 1
    for (let look = START + 140; look <= END; look += 14) {
      if (migrationState(old, next, new Set(), dayText(look)).state !== 'migrated') continue
      if (last <= look) right += 1
      else wrong += 1
      if (fate === 'moves' && look > END - 14) found += 1
    }
  }
  t.ok(right / (right + wrong) >= 0.98, `${right} right, ${wrong} wrong`)
  t.equal(found, movers, 'and in the end everybody who moved is known to have moved')
  t.end()
})
