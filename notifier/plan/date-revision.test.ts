import t from 'tap'
import { acme, calling, due, HOUR, NOW, plan } from './acme.fixture.ts'
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
} from './world.fixture.ts'

t.test('a moved sunset sends one date-moved, which stands for the stage of that day; only later stages follow', t => {
  const moved = catalogue(
    [api()],
    [deprecation({ sunset: { date: '2027-01-10', instant: '2027-01-09T23:00:00Z' } })],
    [acme],
  )
  const told = [{ customer: 'acme', stage: 30, at: at('2026-11-20T09:00:00Z') }]
  const found = plan(NOW, ledger([known()], told), moved)
  t.same(due(found), ['date-moved r2'])
  t.match(found.due[0], { movedFrom: '2026-12-20', standsFor: 60, sunset: '2027-01-10' })
  t.match(found.deprecations, [{ revision: 2, sunset: '2027-01-10' }])
  const after = ledger(
    [known({ revision: 2, sunset: '2027-01-10' })],
    [...told, { customer: 'acme', kind: 'date-moved', revision: 2, standsFor: 60, sunset: '2027-01-10', at: NOW }],
  )
  t.same(due(plan(NOW + DAY, after, moved)), [])
  t.same(due(plan(at('2026-12-11T09:00:00Z'), after, moved)), ['countdown 30 r2'])
  t.end()
})

t.test('who was never told the old date gets the stage of the day, not a correction', t => {
  const moved = catalogue(
    [api()],
    [deprecation({ sunset: { date: '2027-01-10', instant: '2027-01-09T23:00:00Z' } })],
    [acme],
  )
  t.same(due(plan(NOW, ledger([known()]), moved)), ['countdown 60 r2'])
  t.end()
})

t.test('a date moved away and back before anybody was told changes nothing', t => {
  const view = ledger(
    [known({ revision: 3 })],
    [{ customer: 'acme', stage: 30, revision: 1, at: at('2026-11-20T09:00:00Z') }],
  )
  t.same(due(plan(NOW, view)), [])
  t.end()
})

t.test('a date that is taken back is told as well', t => {
  const open = catalogue([api()], [deprecation({ sunset: undefined })], [acme])
  const found = plan(NOW, ledger([known()], [{ customer: 'acme', stage: 60, at: at('2026-11-01T09:00:00Z') }]), open)
  t.match(found.due, [{ kind: 'date-moved', sunset: undefined, movedFrom: '2026-12-20' }])
  t.end()
})

t.test('a mended typo, another reason or a new guide resend nothing', t => {
  const mended = catalogue(
    [api()],
    [deprecation({ reason: 'Replaced.', thing: { kind: 'version', version: 'v1' }, guide: undefined })],
    [acme],
  )
  t.same(due(plan(NOW, ledger([known()], [{ customer: 'acme', stage: 30, at: NOW - DAY }]), mended)), [])
  t.end()
})

t.test(
  'a thing that returns under another id is held until renamed-from is given, and then goes on where it was',
  t => {
    const told = [{ customer: 'acme', stage: 30, at: NOW - DAY }]
    const renamed = (renamedFrom?: string) => catalogue([api()], [deprecation({ id: 'generate', renamedFrom })], [acme])
    const of = { generate: deprecationUsage(NOW, [usage('acme', NOW - HOUR)], { acme: migration('active') }) }
    const held = plan(NOW, ledger([known()], told), renamed(), of)
    t.same(due(held), [])
    t.match(held.blocked.get('generate'), /renamed-from: content-generate/)
    t.same(held.deprecations, [], 'it is not remembered as another one')
    const given = plan(NOW, ledger([known()], told), renamed('content-generate'), of)
    t.same(due(given), [])
    t.match(given.deprecations, [{ id: 'generate', root: 'content-generate', revision: 1 }])
    t.end()
  },
)

t.test('renamed-from a deprecation that is still there is held', t => {
  const both = catalogue(
    [api()],
    [deprecation(), deprecation({ id: 'generate', renamedFrom: 'content-generate' })],
    [acme],
  )
  const found = plan(NOW, ledger([known()]), both, calling(NOW))
  t.match(found.blocked.get('generate'), /still in the catalogue/)
  t.end()
})
