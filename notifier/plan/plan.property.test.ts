import fc from 'fast-check'
import t from 'tap'
import type { Notice } from '../../services/domain/notice.ts'
import type { MigrationState } from '../../services/domain/usage.ts'
import { contactKey } from './contact.ts'
import { planNotices } from './plan.ts'
import type { LedgerView, PastNotice } from './view.ts'
import {
  api,
  at,
  catalogue,
  contact,
  customer,
  DAY,
  deprecation,
  deprecationUsage,
  migration,
  policy,
  usage,
  world,
} from './world.fixture.ts'

/** A life in days: what a customer does, when the notifier runs, where the date moves. */
const START = at('2026-08-15T08:00:00Z')
const STATES: readonly MigrationState[] = ['active', 'migrating', 'sleeping', 'relapsed', 'migrated', 'stopped']

const life = fc.record({
  /** Days (from the announcement) on which notify runs. */
  runs: fc
    .uniqueArray(fc.integer({ min: 0, max: 170 }), { minLength: 1, maxLength: 40 })
    .map(days => days.sort((a, b) => a - b)),
  /** Sunsets and the day from which each holds. */
  dates: fc.array(
    fc.record({ from: fc.integer({ min: 0, max: 150 }), days: fc.option(fc.integer({ min: 90, max: 200 })) }),
    { maxLength: 4 },
  ),
  contacts: fc.integer({ min: 1, max: 3 }),
  state: fc.array(fc.constantFrom(...STATES), { minLength: 1, maxLength: 12 }),
  silence: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 12 }),
  stale: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  announcement: fc.constantFrom('callers' as const, 'all-customers' as const, 'none' as const),
  digestDays: fc.constantFrom(0, 30, 91),
  stages: fc.constantFrom([90, 60, 30, 14, 7, 3, 1], [30, 7, 1, 0, -1, -5], []),
})

interface Sent {
  readonly day: number
  readonly notice: Notice
  readonly state: MigrationState
  readonly stale: boolean
  readonly sunset: string | undefined
}

/** Runs the plan on each day and lets everything due be sent, as the notifier does. */
function live(of: typeof life extends fc.Arbitrary<infer T> ? T : never): readonly Sent[] {
  const past = new Map<string, PastNotice[]>()
  const known: Map<
    string,
    Parameters<LedgerView['known']['get']>[0] extends string
      ? NonNullable<ReturnType<LedgerView['known']['get']>>
      : never
  > = new Map()
  const sent: Sent[] = []
  const contacts = Array.from({ length: of.contacts }, (_, n) => contact(`dev${n}@acme.example`))
  for (const [n, day] of of.runs.entries()) {
    const now = START + day * DAY
    const date = [...of.dates].sort((a, b) => a.from - b.from).findLast(({ from }) => from <= day)
    const text =
      date?.days === undefined || date.days === null
        ? undefined
        : new Date(START + date.days * DAY).toISOString().slice(0, 10)
    const sunset = text === undefined ? undefined : { date: text, instant: `${text}T00:00:00Z` }
    const state = of.state[n % of.state.length] ?? 'active'
    const stale = of.stale[n % of.stale.length] ?? false
    const last = now - (of.silence[n % of.silence.length] ?? 0) * DAY - 60_000
    const catalog = catalogue(
      [
        api({
          zone: 'UTC',
          policy: policy({ announcement: of.announcement, digestDays: of.digestDays, stages: of.stages }),
        }),
      ],
      [deprecation({ sunset })],
      [customer('acme', contacts)],
    )
    const feeding = new Map([['edge', stale ? now - 2 * DAY : now]])
    const used = deprecationUsage(now, [usage('acme', last)], { acme: migration(state) }, feeding)
    const view: LedgerView = {
      known,
      past: (root, key) => past.get(`${root}\n${key}`) ?? [],
      refused: new Map(),
      waived: () => undefined,
    }
    const plan = planNotices(world(now, catalog, { 'content-generate': used }), view)
    for (const one of plan.deprecations) known.set(one.id, one)
    for (const notice of plan.due) {
      sent.push({ day, notice, state: last >= used.statesUntil ? 'active' : state, stale, sunset: text })
      const key = `${notice.root}\n${contactKey(notice.customer, notice.address)}`
      past.set(key, [...(past.get(key) ?? []), { ...notice, at: now, told: true }])
    }
  }
  return sent
}

const holds = (title: string, says: (sent: readonly Sent[]) => boolean) =>
  t.test(title, t => {
    fc.assert(
      fc.property(life, of => says(live(of))),
      { numRuns: 300 },
    )
    t.end()
  })

holds(
  'whatever the life, no notice is planned twice',
  sent => new Set(sent.map(({ notice }) => notice.id)).size === sent.length,
)

holds('whatever the life, a contact gets at most one notice about a deprecation in a round', sent => {
  const seen = new Set(sent.map(({ day, notice }) => `${day} ${notice.address}`))
  return seen.size === sent.length
})

holds('whatever the life, stages for one date only ever come nearer', sent => {
  const last = new Map<string, number>()
  for (const { notice } of sent) {
    const key = `${notice.address} ${notice.sunset}`
    const stage = notice.stage ?? (notice.sunset === undefined ? undefined : notice.standsFor)
    if (stage === undefined) continue
    const before = last.get(key)
    if (before !== undefined && notice.kind !== 'date-moved' && stage >= before) return false
    last.set(key, stage)
  }
  return true
})

holds('whatever the life, every notice tells the date of its day', sent =>
  sent.every(({ notice, sunset }) => notice.sunset === sunset),
)

holds('whatever the life, nobody who has migrated hears of it, and reminders go to nobody who has stopped', sent =>
  sent.every(
    ({ notice, state }) =>
      state !== 'migrated' && (state !== 'stopped' || notice.kind === 'announcement' || notice.kind === 'date-moved'),
  ),
)

holds('whatever the life, nothing that cites usage goes out on stale data', sent =>
  sent.every(({ notice, stale }) => !stale || notice.evidence.calls === 0),
)

holds('whatever the life, who was told one date and then another hears of the change first', sent => {
  const told = new Map<string, string | undefined>()
  for (const { notice } of sent) {
    const before = told.has(notice.address) ? told.get(notice.address) : notice.sunset
    if (before !== notice.sunset && notice.kind !== 'date-moved') return false
    told.set(notice.address, notice.sunset)
  }
  return true
})
