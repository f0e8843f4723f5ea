import { planNotices } from '../notifier/plan/plan.ts'
import { EMPTY_LEDGER } from '../notifier/plan/view.ts'
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
  usage,
  world,
} from '../notifier/plan/world.fixture.ts'
import { dayNumber, dayText } from '../services/migration/days.ts'
import { migrationState } from '../services/migration/state.ts'

/**
 * The plan for 100,000 contacts × 20 deprecations, worst case (every customer calls everything, nothing was sent yet)
 * and usual case (a twentieth calls each). Prints one JSON object; run: node bench/plan.bench.ts
 */
const CUSTOMERS = 50_000
const DEPRECATIONS = 20
const NOW = at('2026-11-22T09:00:00Z')

function measure(share: number): {
  readonly ms: number
  readonly cpuMs: number
  readonly notices: number
  readonly callers: number
} {
  const customers = Array.from({ length: CUSTOMERS }, (_, n) =>
    customer(`c${n}`, [contact(`dev@c${n}.example`), contact(`owner@c${n}.example`)]),
  )
  const deprecations = Array.from({ length: DEPRECATIONS }, (_, n) =>
    deprecation({ id: `d${n}`, thing: { kind: 'version', version: `v${n}` } }),
  )
  const active = migration('active')
  let callers = 0
  const usages = Object.fromEntries(
    deprecations.map(({ id }, n) => {
      const some = customers.filter((_, m) => (m + n) % Math.round(1 / share) === 0)
      callers += some.length
      return [
        id,
        deprecationUsage(
          NOW,
          some.map(one => usage(one.id, NOW - DAY / 2)),
          Object.fromEntries(some.map(one => [one.id, active])),
        ),
      ]
    }),
  )
  const all = world(NOW, catalogue([api()], deprecations, customers), usages)
  const cpu = process.cpuUsage()
  const started = performance.now()
  const plan = planNotices(all, EMPTY_LEDGER)
  const ms = Math.round(performance.now() - started)
  const used = process.cpuUsage(cpu)
  return { ms, cpuMs: Math.round((used.user + used.system) / 1000), notices: plan.due.length, callers }
}

/** One consumer's state from 120 days of use on both sides. */
function measureState(): number {
  const days = Array.from({ length: 120 }, (_, n) => ({
    day: dayText(dayNumber('2026-07-25') + n),
    calls: 10,
    slots: (1n << BigInt(n % 48)) | 15n,
  }))
  const none = new Set<string>()
  for (let n = 0; n < 500; n++) migrationState(days, days, none, '2026-11-21')
  const started = performance.now()
  for (let n = 0; n < 5_000; n++) migrationState(days, days, none, '2026-11-21')
  return Math.round(((performance.now() - started) / 5_000) * 1000)
}

const worst = measure(1)
const usual = measure(1 / 20)
process.stdout.write(
  `${JSON.stringify({ bench: 'plan', contacts: CUSTOMERS * 2, deprecations: DEPRECATIONS, worst, usual, stateMicroseconds: measureState() })}\n`,
)
