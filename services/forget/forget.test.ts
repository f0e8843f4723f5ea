import t from 'tap'
import { sumsOf } from '../../test/crash/sums.ts'
import { installation, jsonLine } from '../../test/running.ts'
import { openClickHouse } from '../platform/clickhouse.ts'
import { count } from '../platform/clickhouse-rows.ts'
import { type ForgetOptions, forget } from './forget.ts'

const CONFIG = `sources:
  - { id: web, format: nginx-json, trusted-headers: [ x-consumer-username ] }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], operations: ["GET /v1/orders/{id}"] }
`

t.test('a consumer is erased from every table that names it, and nobody else is', async t => {
  const last = await installation(t, CONFIG)
  const line = (index: number): string =>
    jsonLine({ x_consumer_username: index % 4 === 0 ? 'acme' : `other-${index % 3}` })
  await last.post('web', Array.from({ length: 40 }, (_, index) => line(index)).join('\n'))
  t.equal(await last.calls('web'), 40)
  const found = await last.rows(
    "SELECT consumer, count() AS n FROM calls WHERE consumer LIKE '%acme' GROUP BY consumer",
  )
  const consumer = String(found[0]?.consumer)
  t.equal(Number(found[0]?.n), 10, 'it is there before')
  await last.stop()

  const clickhouse = await openClickHouse({ embedded: { folder: `${last.data}/clickhouse` } })
  t.teardown(() => clickhouse.close())
  // As a customers file left it that named them once.
  for (const id of [consumer, 'kong:consumer:somebody'])
    await clickhouse.command(
      "INSERT INTO identities (rev, credential, principal, customer, how, gone) SELECT 1, {id:String}, {id:String}, 'c', 'file', 1",
      { id },
    )
  const options: ForgetOptions = {
    clickhouse,
    deadFile: `${last.data}/dead.db`,
    consumer,
    pinned: async () => false,
    dryRun: true,
    say: () => {},
  }
  const counted = await forget(options)
  const rows = new Map(counted.map(one => [one.table, one.rows]))
  t.equal(rows.get('calls'), 10)
  t.equal(rows.get('identities'), 1)
  for (const table of ['usage_daily', 'usage_ever', 'consumers_daily']) t.ok((rows.get(table) ?? 0) > 0, table)
  t.match(await sumsOf(clickhouse), { calls: 40 }, 'counting erases nothing')

  await t.rejects(forget({ ...options, dryRun: false, pinned: async () => true }), { code: 'LC_FORGET_PINNED' })
  t.strictSame(await forget({ ...options, dryRun: false }), counted)
  t.match(await sumsOf(clickhouse), { calls: 30, usage_daily: 30, usage_ever: 30, consumers_daily: 30 })
  for (const { table, rows } of await forget(options)) t.equal(rows, 0, table)
  const [others] = await clickhouse.query('SELECT count() AS n FROM identities', {}, { n: count })
  t.equal(others?.n, 1, 'an identity of somebody else stays')
})
