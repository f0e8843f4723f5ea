import t from 'tap'
import { migrate } from '../../ingest/store/migrate.ts'
import { operationThing, worldOf } from '../../test/small-world.ts'
import type { Catalogue } from '../domain/catalogue.ts'
import { openClickHouse } from '../platform/clickhouse.ts'
import { count, text } from '../platform/clickhouse-rows.ts'
import { systemClock } from '../platform/clock.ts'
import { writeCopies } from './write-copies.ts'

const clickhouse = await openClickHouse({ embedded: { folder: `${t.testdir({})}/clickhouse` } })
t.teardown(() => clickhouse.close())
await migrate(clickhouse, { clock: systemClock })

function world(over: { readonly sunset?: string; readonly owner?: string; readonly without?: string } = {}): Catalogue {
  const operations = ['GET /v1/orders/{id}', 'GET /v2/orders/{id}']
  const built = worldOf([
    { operations, deprecated: ['GET /v1/orders/{id}', { kind: 'field', name: "it's \\ a field" }] },
  ])
  const deprecations = new Map(built.deprecations)
  const first = deprecations.get('d0')
  if (first !== undefined && over.sunset !== undefined) {
    const sunset = { date: over.sunset, instant: `${over.sunset}T00:00:00Z` }
    deprecations.set('d0', { ...first, sunset, successor: operationThing('GET /v2/orders/{id}') })
  }
  if (over.without !== undefined) deprecations.delete(over.without)
  const byConsumer = new Map(over.owner === undefined ? [] : [['kong:consumer:c1', over.owner]])
  return { ...built, deprecations, customers: { byId: new Map(), byConsumer, findings: [] } }
}

const standing = async () => {
  const sql = `SELECT id, toString(role) AS side, operation, toString(coalesce(sunset, toDate(0))) AS day, thing
    FROM deprecations FINAL WHERE gone = 0 ORDER BY id, side, operation`
  const rows = await clickhouse.query(sql, {}, { id: text, side: text, operation: text, day: text, thing: text })
  return rows.map(row => [row.id, row.side, row.operation, row.day, row.thing])
}
const owners = async () => {
  const sql = 'SELECT credential, customer FROM identities FINAL WHERE gone = 0 ORDER BY credential'
  const rows = await clickhouse.query(sql, {}, { credential: text, customer: text })
  return rows.map(row => [row.credential, row.customer])
}

t.test('a deprecation stands in the copies before anybody called it, with and without a date', async t => {
  await writeCopies(clickhouse, world(), 1_000)
  t.strictSame(await standing(), [
    ['d0', 'old', '', '1970-01-01', 'operation GET /v1/orders/{id}'],
    ['d1', 'old', '', '1970-01-01', "field it's \\ a field"],
  ])
})

t.test('it is resolved to the names its calls stand under, both sides, as they appear', async t => {
  for (const operation of ['GET /v1/orders/{}', 'GET /v2/orders/{}', 'GET /v3/orders/{}']) {
    const version = operation.slice(5, 7)
    await clickhouse.command(
      "INSERT INTO calls_in (time, api, version, operation, class, weight) SELECT now64(3), 'partner', {version:String}, {operation:String}, 'use', 1",
      { version, operation },
    )
  }
  await writeCopies(clickhouse, world({ sunset: '2027-01-31' }), 2_000)
  t.strictSame(await standing(), [
    ['d0', 'old', 'GET /v1/orders/{}', '2027-01-31', 'operation GET /v1/orders/{id}'],
    ['d0', 'successor', 'GET /v2/orders/{}', '2027-01-31', 'operation GET /v2/orders/{id}'],
    ['d1', 'old', '', '1970-01-01', "field it's \\ a field"],
  ])
})

t.test('a date that moves, a deprecation and an owner that go, are what the next load says', async t => {
  await writeCopies(clickhouse, world({ sunset: '2027-01-31', owner: 'acme' }), 3_000)
  t.strictSame(await owners(), [['kong:consumer:c1', 'acme']])
  await writeCopies(clickhouse, world({ sunset: '2027-06-30', owner: 'beta', without: 'd1' }), 4_000)
  t.strictSame(await owners(), [['kong:consumer:c1', 'beta']])
  t.strictSame(
    (await standing()).map(([id, side, , day]) => [id, side, day]),
    [
      ['d0', 'old', '2027-06-30'],
      ['d0', 'successor', '2027-06-30'],
    ],
  )
  await writeCopies(clickhouse, world({ sunset: '2027-06-30' }), 5_000)
  t.strictSame(await owners(), [])
})

t.test('the same load again changes nothing that is read', async t => {
  const before = await standing()
  await writeCopies(clickhouse, world({ sunset: '2027-06-30' }), 6_000)
  t.strictSame(await standing(), before)
  const [rows] = await clickhouse.query('SELECT count() AS n FROM deprecations FINAL', {}, { n: count })
  t.ok((rows?.n ?? 99) < 10)
})
