import t from 'tap'
import { acme, calling, due, HOUR, NOW, one, plan } from './acme.fixture.ts'
import { planNotices } from './plan.ts'
import { EMPTY_LEDGER } from './view.ts'
import {
  api,
  at,
  catalogue,
  DAY,
  deprecation,
  deprecationUsage,
  known,
  ledger,
  migration,
  usage,
  world,
} from './world.fixture.ts'

t.test('a countdown letter needs a call since the previous notice', t => {
  const view = ledger([known()], [{ customer: 'acme', stage: 60, at: at('2026-10-21T09:00:00Z') }])
  t.same(due(plan(NOW, view, one, calling(NOW, at('2026-10-21T10:00:00Z')))), ['countdown 30 r1'])
  t.same(due(plan(NOW, view, one, calling(NOW, at('2026-10-21T08:00:00Z')))), [])
  t.end()
})

t.test('a consumer that sleeps within its rhythm is warned without a new call', t => {
  const view = ledger([known()], [{ customer: 'acme', stage: 60, at: at('2026-11-01T09:00:00Z') }])
  const asleep = {
    'content-generate': deprecationUsage(NOW, [usage('acme', at('2026-10-31T23:00:00Z'))], {
      acme: migration('sleeping', { need: 48 }),
    }),
  }
  t.same(due(plan(NOW, view, one, asleep)), ['countdown 30 r1'])
  t.end()
})

t.test('the first letter cites a call within 35 days, or within a longer rhythm', t => {
  const last = NOW - 40 * DAY
  const of = (need: number) => ({
    'content-generate': deprecationUsage(NOW, [usage('acme', last)], { acme: migration('active', { need }) }),
  })
  t.same(due(plan(NOW, EMPTY_LEDGER, one, of(8))), [])
  t.same(due(plan(NOW, EMPTY_LEDGER, one, of(48))), ['countdown 30 r1'])
  t.end()
})

for (const state of ['migrated', 'stopped'] as const) {
  t.test(`nobody writes to who has ${state}`, t => {
    const gone = {
      'content-generate': deprecationUsage(NOW, [usage('acme', NOW - 12 * DAY)], { acme: migration(state) }),
    }
    const found = plan(NOW, EMPTY_LEDGER, one, gone)
    t.same(due(found), [])
    t.same([...found.quiet], [['content-generate\nacme', state]])
    t.end()
  })
}

t.test('who was called migrated yesterday and calls today is warned again', t => {
  const back = {
    'content-generate': deprecationUsage(NOW, [usage('acme', NOW - HOUR)], { acme: migration('migrated') }),
  }
  const found = plan(NOW, EMPTY_LEDGER, one, back)
  t.same(due(found), ['countdown 30 r1'])
  t.equal(found.due[0]?.evidence.state, 'relapsed')
  t.end()
})

t.test('every feeding source must have been seen within 24 hours, else the letter is held with its reason', t => {
  const feeding = new Map([
    ['edge', NOW - HOUR],
    ['web-1', NOW - 25 * HOUR],
  ])
  const stale = {
    'content-generate': deprecationUsage(NOW, [usage('acme', NOW - HOUR)], { acme: migration('active') }, feeding),
  }
  const found = plan(NOW, EMPTY_LEDGER, one, stale)
  t.same(due(found), [])
  t.match(found.held, [
    { notice: { kind: 'countdown', stage: 30 }, reason: 'source "web-1" was last seen 2026-11-21 08:00 UTC' },
  ])
  t.end()
})

t.test('no source at all within 35 days is no proof of anything: held', t => {
  const silent = {
    'content-generate': deprecationUsage(NOW, [usage('acme', NOW - HOUR)], { acme: migration('active') }, new Map()),
  }
  t.match(plan(NOW, EMPTY_LEDGER, one, silent).held, [{ reason: /no source/ }])
  t.end()
})

t.test('usage that could not be read blocks its deprecation, not the others', t => {
  const other = deprecation({ id: 'other', thing: { kind: 'version', version: 'v0' } })
  const two = catalogue([api()], [deprecation(), other], [acme])
  const found = planNotices(
    { ...world(NOW, two, calling(NOW)), faults: new Map([['other', 'ClickHouse is down']]) },
    EMPTY_LEDGER,
  )
  t.same(due(found), ['countdown 30 r1'])
  t.match(found.blocked.get('other'), /ClickHouse is down/)
  t.end()
})
