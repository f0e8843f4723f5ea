import t from 'tap'
import { aCall } from '../../ingest/block/a-call.ts'
import { BlockBuilder } from '../../ingest/block/block-builder.ts'
import { insertAccounts, insertCalls } from '../../ingest/store/insert.ts'
import { migrate } from '../../ingest/store/migrate.ts'
import { operationThing, worldOf } from '../../test/small-world.ts'
import { SCHEMA_VERSION } from '../domain/block.ts'
import type { Call } from '../domain/call.ts'
import type { Catalogue, Deprecation } from '../domain/catalogue.ts'
import { openClickHouse } from '../platform/clickhouse.ts'
import { systemClock } from '../platform/clock.ts'
import { createReader } from './reader.ts'
import { totalCalls } from './total-calls.ts'

/** Every question is held against a plain walk over the same calls. */
const DAY = 86_400_000
const AS_OF = Date.UTC(2026, 10, 22, 15, 30)
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)
const TODAY = Date.parse(dayOf(AS_OF))

const OPERATIONS = [
  ['v1', 'GET /v1/orders/{}'],
  ['v1', 'POST /v1/content/{}/generate'],
  ['v1', 'HEAD /v1/orders/{}'],
  ['v2', 'POST /v2/content/{}/generations'],
  ['v2', 'GET /v2/orders/{}'],
] as const

function world(): Catalogue {
  const operations = ['GET /v1/orders/{id}', 'POST /v1/content/{id}/generate', 'GET /v2/orders/{id}']
  const deprecated = [
    'GET /v1/orders/{id}',
    { kind: 'version', version: 'v1' },
    'POST /v1/content/{id}/generate',
    { kind: 'field', name: 'x' },
  ] as const
  const built = worldOf([
    { operations, deprecated },
    { id: 'other', operations: ['GET /v1/orders/{id}'] },
  ])
  const deprecations = new Map(built.deprecations)
  const generate = built.deprecations.get('d2')
  if (generate !== undefined) {
    deprecations.set('d2', { ...generate, successor: operationThing('POST /v2/content/{id}/generations') })
  }
  const byConsumer = new Map(['c0', 'c1', 'c2'].map(name => [`kong:consumer:${name}`, name === 'c2' ? 'beta' : 'acme']))
  return { ...built, deprecations, customers: { byId: new Map(), byConsumer, findings: [] } }
}
const catalogue = world()
const deprecation = (id: string): Deprecation => must(catalogue.deprecations.get(id))

/** Which calls are use of what, in words of this test's own. */
const USES: Readonly<Record<string, (call: Call) => boolean>> = {
  d0: call => call.operation === 'GET /v1/orders/{}',
  d1: call => call.version === 'v1' && !call.operation.startsWith('HEAD'),
  d2: call => call.operation === 'POST /v1/content/{}/generate',
  d3: () => false,
}
const isSuccessor = (call: Call) => call.api === 'partner' && call.operation === 'POST /v2/content/{}/generations'

let seed = 20_261_122
const random = (below: number): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
  return Math.floor((seed / 0x1_0000_0000) * below)
}
const pick = <T>(of: readonly T[]): T => must(of[random(of.length)])

const calls: Call[] = Array.from({ length: 4_000 }, (_, index) => {
  const refused = random(12) === 0
  const [version, operation] = pick(OPERATIONS)
  return aCall({
    time: AS_OF - random(40 * DAY),
    api: random(10) === 0 ? 'other' : 'partner',
    version,
    operation,
    source: pick(['edge', 'web-1']),
    consumer: refused || random(9) === 0 ? '' : `kong:consumer:c${random(8)}`,
    key: '',
    agent: pick(['okhttp/4.12', 'python-requests/2', 'curl/8']),
    status: refused ? pick([401, 403]) : pick([200, 200, 404, 500]),
    weight: pick([1, 1, 1, 10]),
    class: random(15) === 0 ? 'test' : 'use',
    requestId: `r${index}`,
  })
})

const clickhouse = await openClickHouse({ embedded: { folder: `${t.testdir({})}/clickhouse` } })
t.teardown(() => clickhouse.close())
await migrate(clickhouse, { clock: systemClock, retention: 'off' })
for (let at = 0; at < calls.length; at += 1_000) {
  const builder = new BlockBuilder()
  for (const call of calls.slice(at, at + 1_000)) builder.add(call)
  const { payload, rows, first, last } = builder.take()
  const headers = { schema: SCHEMA_VERSION, catalogue: 'test', source: 'edge', uploads: [], first, last }
  const block = { payload, rows, headers, partition: 0, offset: BigInt(at), logTime: AS_OF }
  await insertCalls(clickhouse, [block], [[]], { into: 'calls_in', settings: 1, token: `t${at}` })
}
const reader = createReader(clickhouse, () => catalogue)

const REFUSED = new Set([401, 403])
const used = (id: string): Call[] =>
  calls.filter(call => call.api === 'partner' && USES[id]?.(call) && call.class === 'use' && !REFUSED.has(call.status))
const weigh = (some: readonly Call[]): number => some.reduce((sum, call) => sum + call.weight, 0)
const between = (some: readonly Call[], from: number, to: number) =>
  some.filter(call => call.time >= from && call.time < to)
const seconds = (time: number): number => Math.floor(time / 1000) * 1000
const firstOf = (some: readonly Call[]) => seconds(Math.min(...some.map(call => call.time)))
const lastOf = (some: readonly Call[]) => seconds(Math.max(...some.map(call => call.time)))

for (const id of ['d0', 'd1', 'd2', 'd3']) {
  t.test(`who still calls ${id} is what a walk over the calls finds`, async t => {
    const expected = [...Map.groupBy(used(id), call => call.consumer)].map(([consumer, mine]) => ({
      consumer,
      customer: catalogue.customers.byConsumer.get(consumer) ?? null,
      calls: weigh(mine),
      first: firstOf(mine),
      last: lastOf(mine),
      calls7d: weigh(between(mine, TODAY - 7 * DAY, TODAY)),
      calls7dBefore: weigh(between(mine, TODAY - 14 * DAY, TODAY - 7 * DAY)),
      callsRecent: weigh(between(mine, TODAY - 6 * DAY, AS_OF + 1)),
      operations: [...Map.groupBy(mine, call => `${call.version}\0${call.operation}`)]
        .map(([name, some]) => {
          const [version = '', operation = ''] = name.split('\0')
          return { api: 'partner', version, operation, calls: weigh(some), first: firstOf(some), last: lastOf(some) }
        })
        .sort((a, b) => b.calls - a.calls),
      agents: [...Map.groupBy(mine, call => call.agent)]
        .map(([agent, some]) => ({ agent, calls: weigh(some) }))
        .sort((a, b) => b.calls - a.calls || (a.agent < b.agent ? -1 : 1)),
    }))
    const found = await reader.consumersOf(deprecation(id), AS_OF)
    t.strictSame(byName(found), byName(expected))
    t.equal(found.length, id === 'd3' ? 0 : 9, 'eight names and those that name nobody')
    const order = found.map(one => one.calls7d)
    t.strictSame(
      order,
      order.toSorted((a, b) => b - a),
      'most calls of the last 7 days first',
    )
  })

  t.test(`consumers left on ${id} by day are what a walk over the calls finds`, async t => {
    const [since, until] = [dayOf(AS_OF - 20 * DAY), dayOf(AS_OF - 2 * DAY)]
    const mine = used(id).filter(call => dayOf(call.time) >= since && dayOf(call.time) <= until)
    const expected = [...Map.groupBy(mine, call => dayOf(call.time))]
      .map(([day, some]) => ({
        day,
        consumers: new Set(some.map(call => call.consumer).filter(Boolean)).size,
        calls: weigh(some),
      }))
      .sort((a, b) => (a.day < b.day ? -1 : 1))
    t.strictSame(await reader.consumersLeftByDay(deprecation(id), since, until), expected)
  })
}

t.test('active days carry the half-hours of both sides, refused and unnamed calls left out', async t => {
  const since = dayOf(AS_OF - 10 * DAY)
  const expected = [
    ['old', used('d2')] as const,
    [
      'successor',
      calls.filter(call => isSuccessor(call) && call.class === 'use' && !REFUSED.has(call.status)),
    ] as const,
  ].flatMap(([side, some]) => {
    const mine = some.filter(call => call.consumer !== '' && dayOf(call.time) >= since)
    return [...Map.groupBy(mine, call => `${call.consumer}\0${dayOf(call.time)}`)].map(([name, group]) => {
      const [consumer = '', day = ''] = name.split('\0')
      const slots = group.reduce((bits, call) => bits | (1n << BigInt(Math.floor((call.time % DAY) / 1_800_000))), 0n)
      return { consumer, side, day, calls: weigh(group), slots }
    })
  })
  const key = (one: { side: string; consumer: string; day: string }) => `${one.side} ${one.consumer} ${one.day}`
  const sorted = <T extends Parameters<typeof key>[0]>(of: readonly T[]) =>
    of.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  t.strictSame(sorted(await reader.activeDays(deprecation('d2'), since)), sorted(expected))
})

t.test('the overview says of every countable deprecation what its consumers say one by one', async t => {
  const found = await reader.overview(AS_OF)
  t.strictSame(
    found.map(one => one.deprecation),
    ['d0', 'd1', 'd2'],
  )
  for (const one of found) {
    const mine = used(one.deprecation)
    const named = mine.filter(call => call.consumer !== '')
    const recent = between(named, TODAY - 7 * DAY, AS_OF + 1)
    t.strictSame(one, {
      deprecation: one.deprecation,
      consumersEver: new Set(named.map(call => call.consumer)).size,
      consumers7d: new Set(recent.map(call => call.consumer)).size,
      calls: weigh(mine),
      calls7d: weigh(between(mine, TODAY - 7 * DAY, TODAY)),
      calls7dBefore: weigh(between(mine, TODAY - 14 * DAY, TODAY - 7 * DAY)),
      last: lastOf(mine),
    })
  }
})

t.test('a customer’s days are those of its consumers on each side of each deprecation', async t => {
  const consumers = ['kong:consumer:c0', 'kong:consumer:c1']
  const since = dayOf(AS_OF - 12 * DAY)
  const successors = calls.filter(call => isSuccessor(call) && call.class === 'use' && !REFUSED.has(call.status))
  const sides = [
    ...['d0', 'd1', 'd2'].map(id => [id, 'old', used(id)] as const),
    ['d2', 'successor', successors] as const,
  ]
  const expected = sides.flatMap(([id, side, some]) => {
    const mine = some.filter(call => consumers.includes(call.consumer) && dayOf(call.time) >= since)
    return [...Map.groupBy(mine, call => `${call.consumer} ${dayOf(call.time)}`)].map(
      ([name, group]) => `${id} ${side} ${name} ${weigh(group)}`,
    )
  })
  const found = await reader.customerDays(consumers, since)
  const written = found.map(one => `${one.deprecation} ${one.side} ${one.consumer} ${one.day} ${one.calls}`)
  t.strictSame(written.toSorted(), expected.toSorted())
  t.strictSame(await reader.customerDays(['kong:consumer:nobody'], since), [])
  t.strictSame(await reader.customerDays([], since), [])
})

t.test('a consumer’s own page shows everything it called, use and test apart', async t => {
  const mine = calls.filter(call => call.consumer === 'kong:consumer:c3' && !REFUSED.has(call.status))
  const expected = [...Map.groupBy(mine, call => [call.api, call.version, call.operation, call.class].join(' '))].map(
    ([name, some]) => `${name} ${weigh(some)} ${firstOf(some)} ${lastOf(some)}`,
  )
  const found = await reader.consumerOperations('kong:consumer:c3')
  const written = found.map(one =>
    [one.api, one.version, one.operation, one.class, one.calls, one.first, one.last].join(' '),
  )
  t.strictSame(written.toSorted(), expected.toSorted())
  t.strictSame(await reader.consumerOperations(''), [])
})

t.test('sources that feed an API are those with calls in 35 days, whoever made them', async t => {
  t.strictSame(await reader.feedingSources('partner', AS_OF), ['edge', 'web-1'])
  t.strictSame(await reader.feedingSources('partner', AS_OF - 90 * DAY), [])
  t.strictSame(await reader.feedingSources('nothing', AS_OF), [])
})

t.test('hours of sources add up what was told of them, and the latest instant wins', async t => {
  const hour = Date.UTC(2026, 10, 22, 9) / 1000
  const row = { hour, source: 'edge', outcome: 'call', reason: '', lines: 5, heartbeats: 0, through: hour + 60, lag: 1 }
  await insertAccounts(
    clickhouse,
    [row, { ...row, outcome: 'dropped', reason: 'no-host', lines: 2, through: 0 }],
    1,
    'a',
  )
  await insertAccounts(
    clickhouse,
    [
      { ...row, lines: 7, through: hour + 30 },
      { ...row, outcome: '', lines: 0, heartbeats: 1 },
    ],
    1,
    'b',
  )
  await insertAccounts(clickhouse, [{ ...row, hour: hour - 86_400 }], 1, 'c')
  const found = await reader.sourceHours(hour * 1000)
  t.strictSame(
    found.map(one => [one.source, one.hour, one.outcome, one.reason, one.lines, one.heartbeats, one.through]),
    [
      ['edge', hour * 1000, '', '', 0, 1, (hour + 60) * 1000],
      ['edge', hour * 1000, 'call', '', 12, 0, (hour + 60) * 1000],
      ['edge', hour * 1000, 'dropped', 'no-host', 2, 0, 0],
    ],
  )
})

t.test('all calls are counted, refused and tests among them', async t => {
  t.equal(await totalCalls(clickhouse), weigh(calls))
})

function byName<T extends { readonly consumer: string }>(of: readonly T[]): readonly T[] {
  return of.toSorted((a, b) => (a.consumer < b.consumer ? -1 : 1))
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('invariant of the test')
  return value
}
