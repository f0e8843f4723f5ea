import t from 'tap'
import { acme, calling, due, NOW, one, plan } from './acme.fixture.ts'
import { EMPTY_LEDGER } from './view.ts'
import { api, at, catalogue, DAY, deprecation, known, ledger, policy } from './world.fixture.ts'

t.test('who calls before the first stage gets the announcement', t => {
  t.same(due(plan(at('2026-08-20T09:00:00Z'))), ['announcement r1'])
  t.end()
})

t.test('nobody hears of a deprecation before its announcement', t => {
  t.same(due(plan(at('2026-08-14T09:00:00Z'))), [])
  t.end()
})

t.test('after a pause only the newest missed stage goes', t => {
  t.same(due(plan(NOW)), ['countdown 30 r1'])
  t.same(due(plan(at('2026-12-14T09:00:00Z'))), ['countdown 7 r1'])
  t.end()
})

t.test('a stage that was told is not told again, and the next one is on its day', t => {
  const view = ledger([known()], [{ customer: 'acme', stage: 30, at: at('2026-11-20T09:00:00Z') }])
  t.same(due(plan(NOW, view)), [])
  t.same(due(plan(at('2026-12-05T22:59:00Z'), view)), [])
  t.same(
    due(plan(at('2026-12-05T23:01:00Z'), view)),
    ['countdown 14 r1'],
    'the day begins at midnight in the API’s zone',
  )
  t.end()
})

t.test('an announcement stands for the stage of its day', t => {
  const view = ledger(
    [known()],
    [{ customer: 'acme', kind: 'announcement', standsFor: 60, at: at('2026-11-01T09:00:00Z') }],
  )
  t.same(due(plan(at('2026-11-02T09:00:00Z'), view)), [])
  t.same(due(plan(at('2026-11-20T09:00:00Z'), view)), ['countdown 30 r1'])
  t.end()
})

t.test('announced later than a stage would have been, the first word is the announcement', t => {
  const late = catalogue([api()], [deprecation({ announced: '2026-10-30' })], [acme])
  const first = plan(at('2026-10-30T09:00:00Z'), EMPTY_LEDGER, late)
  t.same(due(first), ['announcement r1'])
  t.equal(first.due[0]?.standsFor, 60)
  t.end()
})

t.test('without a date there is an announcement, then a digest at the policy’s interval while calls go on', t => {
  const open = catalogue(
    [api({ policy: policy({ digestDays: 91, stages: [30, 7, 1] }) })],
    [deprecation({ sunset: undefined })],
    [acme],
  )
  const now = at('2026-11-20T09:00:00Z')
  const first = plan(now, EMPTY_LEDGER, open)
  t.same(due(first), ['announcement r1'])
  t.equal(first.due[0]?.standsFor, 1, 'it stands for the digest of that quarter')
  const told = { customer: 'acme', kind: 'announcement' as const, sunset: undefined, at: now }
  const view = ledger([known({ sunset: undefined })], [{ ...told, standsFor: 1 }])
  t.same(due(plan(now + DAY, view, open)), [])
  t.same(due(plan(at('2027-02-14T09:00:00Z'), view, open)), ['digest #2 r1'])
  t.same(
    due(plan(at('2027-02-14T09:00:00Z'), view, open, calling(at('2027-02-14T09:00:00Z'), now - DAY))),
    [],
    'a digest needs a call in its period',
  )
  t.end()
})

t.test('a superseded version without a date is announced and then left in peace', t => {
  const open = catalogue(
    [api({ policy: policy({ announcement: 'all-customers', digestDays: 0 }) })],
    [deprecation({ sunset: undefined })],
    [acme],
  )
  const view = ledger(
    [known({ sunset: undefined })],
    [{ customer: 'acme', kind: 'announcement', sunset: undefined, standsFor: 0, at: NOW - 300 * DAY }],
  )
  t.same(due(plan(NOW, view, open)), [])
  t.end()
})

t.test('after the sunset only stages that follow it write, and only about calls made after it', t => {
  const of = catalogue([api({ policy: policy({ stages: [30, 7, 1, -1, -5] }) })], [deprecation()], [acme])
  const now = at('2026-12-22T09:00:00Z')
  t.same(due(plan(now, EMPTY_LEDGER, of)), ['after-sunset -1 r1'])
  t.same(due(plan(now, EMPTY_LEDGER, of, calling(now, at('2026-12-19T20:00:00Z')))), [])
  t.same(due(plan(now, EMPTY_LEDGER, one)), [], 'a policy without such stages says nothing, not even an announcement')
  t.end()
})

t.test('a letter that was refused for good is not sent again, and does not count as told', t => {
  const view = ledger([known()], [{ customer: 'acme', stage: 30, told: false, at: NOW - DAY }])
  t.same(due(plan(NOW, view)), [])
  t.same(due(plan(at('2026-12-06T09:00:00Z'), view)), ['countdown 14 r1'])
  t.end()
})
