import t from 'tap'
import { acme, due, HOUR, NOW, plan } from './acme.fixture.ts'
import { planNotices } from './plan.ts'
import { EMPTY_LEDGER } from './view.ts'
import {
  api,
  catalogue,
  contact,
  customer,
  DAY,
  deprecation,
  deprecationUsage,
  known,
  ledger,
  migration,
  policy,
  usage,
  world,
} from './world.fixture.ts'

t.test('a customer is done when its last consumer is, and letters speak of those that are not', t => {
  const two = catalogue(
    [api()],
    [deprecation()],
    [customer('acme', [contact('dev@acme.example')], { consumers: ['kong:consumer:acme', 'kong:consumer:batch'] })],
  )
  const of = {
    'content-generate': deprecationUsage(
      NOW,
      [usage('acme', NOW - 20 * DAY, { calls: 900 }), usage('batch', NOW - HOUR, { customer: 'acme', calls: 7 })],
      { acme: migration('migrated'), batch: migration('active') },
    ),
  }
  const [notice] = plan(NOW, EMPTY_LEDGER, two, of).due
  t.match(notice?.evidence, { calls: 7, state: 'active', consumers: ['kong:consumer:batch'] })
  t.end()
})

t.test('a contact is one address of one customer, whatever its case, rows and roles', t => {
  const twice = customer('acme', [
    contact('Dev@Acme.example'),
    contact('dev@acme.EXAMPLE', { role: 'owner' }),
    contact('owner@acme.example', { role: 'owner' }),
  ])
  const found = plan(NOW, EMPTY_LEDGER, catalogue([api()], [deprecation()], [twice]))
  t.same(
    found.due.map(({ address }) => address),
    ['Dev@Acme.example', 'owner@acme.example'],
  )
  t.end()
})

t.test('the same address at two customers is two contacts', t => {
  const agency = [contact('ops@agency.example')]
  const two = catalogue([api()], [deprecation()], [customer('acme', agency), customer('beta', agency)])
  const of = {
    'content-generate': deprecationUsage(NOW, [usage('acme', NOW - HOUR), usage('beta', NOW - HOUR)], {
      acme: migration('active'),
      beta: migration('active'),
    }),
  }
  t.equal(new Set(plan(NOW, EMPTY_LEDGER, two, of).due.map(({ id }) => id)).size, 2)
  t.end()
})

t.test('an announcement to all customers needs no call, and skips who has migrated', t => {
  const everyone = [
    customer('acme'),
    customer('beta'),
    customer('gone'),
    customer('done'),
    customer('other', [contact('dev@other.example')], { tags: ['api:payments'] }),
  ]
  const of = catalogue(
    [api({ policy: policy({ announcement: 'all-customers' }) })],
    [deprecation({ sunset: undefined })],
    everyone,
  )
  const used = {
    'content-generate': deprecationUsage(
      NOW,
      [usage('acme', NOW - HOUR), usage('gone', NOW - 90 * DAY), usage('done', NOW - 30 * DAY)],
      {
        acme: migration('active'),
        gone: migration('stopped'),
        done: migration('migrated'),
      },
    ),
  }
  const found = plan(NOW, EMPTY_LEDGER, of, used)
  t.same(found.due.map(({ customer, kind, evidence }) => [customer, kind, evidence.calls]).sort(), [
    ['acme', 'announcement', 1200],
    ['beta', 'announcement', 0],
    ['gone', 'announcement', 0],
  ])
  t.end()
})

t.test('customers that call nothing get no countdown, even where all are told', t => {
  const of = catalogue(
    [api({ policy: policy({ announcement: 'all-customers' }) })],
    [deprecation()],
    [customer('acme'), customer('beta')],
  )
  const found = plan(NOW, ledger([known()], [{ customer: 'beta', kind: 'announcement', at: NOW - 50 * DAY }]), of)
  t.same(
    found.due.map(({ customer, kind }) => [customer, kind]),
    [['acme', 'countdown']],
  )
  t.end()
})

t.test('a field leaves no trace in a log: all customers are told, nobody is counted down', t => {
  const of = catalogue([api()], [deprecation({ thing: { kind: 'field', name: 'legacy_id' } })], [acme])
  const none = { 'content-generate': deprecationUsage(NOW, []) }
  t.same(due(plan(NOW, EMPTY_LEDGER, of, none)), ['announcement r1'])
  t.end()
})

t.test('keyless traffic, consumers of nobody and customers without a contact are shown, never mailed', t => {
  const of = catalogue([api()], [deprecation()], [customer('acme', []), customer('hurt')])
  const used = {
    'content-generate': deprecationUsage(
      NOW,
      [
        usage('', NOW - HOUR, { consumer: '', customer: null }),
        usage('stranger', NOW - HOUR, { customer: null }),
        usage('acme', NOW - HOUR),
        usage('hurt', NOW - HOUR),
      ],
      { stranger: migration('active'), acme: migration('active'), hurt: migration('active') },
    ),
  }
  const found = plan(
    NOW,
    ledger([known()], [], { refused: new Map([['dev@hurt.example', '550 no such user']]) }),
    of,
    used,
  )
  t.same(due(found), [])
  t.same(
    found.untold.map(({ consumer, reason }) => [consumer, reason]),
    [
      ['', 'keyless'],
      ['kong:consumer:stranger', 'no-customer'],
      ['kong:consumer:acme', 'no-contact'],
      ['kong:consumer:hurt', 'refused-address'],
    ],
  )
  t.end()
})

t.test('an address with a line break in it reaches nobody', t => {
  const of = catalogue(
    [api()],
    [deprecation()],
    [customer('acme', [contact('dev@acme.example\r\nBcc: all@other.example')])],
  )
  const found = plan(NOW, EMPTY_LEDGER, of)
  t.same(due(found), [])
  t.match(found.untold, [{ reason: 'no-contact' }])
  t.end()
})

t.test('a waived customer is held, with the reason', t => {
  const found = plan(NOW, ledger([known()], [], { waived: (_, who) => (who === 'acme' ? '2026-12-01' : undefined) }))
  t.match(found.held, [{ reason: 'waived for this customer until 2026-12-01' }])
  t.end()
})

t.test('with several APIs, all customers of one are those ever seen on it, or tagged with it', t => {
  const tagged = customer('tagged', [contact('dev@tagged.example')], { tags: ['api:partner'] })
  const everyone = [customer('seen'), customer('elsewhere'), tagged]
  const telling = api({ policy: policy({ announcement: 'all-customers' }) })
  const of = catalogue([telling, api({ id: 'payments' })], [deprecation({ sunset: undefined })], everyone)
  const quiet = world(NOW, of, { 'content-generate': deprecationUsage(NOW, []) })
  const found = planNotices({ ...quiet, customersSeen: new Map([['partner', new Set(['seen'])]]) }, EMPTY_LEDGER)
  t.same(
    found.due.map(({ customer }) => customer),
    ['seen', 'tagged'],
  )
  t.end()
})
