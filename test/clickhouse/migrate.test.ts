import t from 'tap'
import { migrate } from '../../ingest/store/migrate.ts'
import { LcError } from '../../services/domain/errors.ts'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { count } from '../../services/platform/clickhouse-rows.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { ClickHouseProcess } from './clickhouse-process.ts'

t.setTimeout(120_000)
const server = new ClickHouseProcess(`${t.testdir({})}/clickhouse`)
await server.start()
const one = await openClickHouse(server.settings)
const other = await openClickHouse(server.settings)
t.teardown(async () => {
  await Promise.all([one.close(), other.close()])
  await server.close()
})
const clock = systemClock
const ask = async (sql: string): Promise<number> => (await one.query(sql, {}, { n: count }))[0]?.n ?? -1
const locks = () => ask("SELECT count() AS n FROM system.tables WHERE name = 'migration_lock'")

t.test('of two that migrate at once one does it and the other is told, or finds it done', async t => {
  await server.fault({ match: 'CREATE TABLE IF NOT EXISTS calls ', times: 1, kind: 'slow', ms: 2_000 })
  const both = await Promise.allSettled([migrate(one, { clock }), migrate(other, { clock })])
  const failed = both.filter(({ status }) => status === 'rejected')
  t.equal(failed.length, 1)
  t.match(failed, [{ reason: { code: 'LC_MIGRATION_LOCKED', exit: 3 } }])
  t.strictSame(await migrate(other, { clock }), [])
  t.equal(await ask('SELECT count() - uniqExact(name, step) AS n FROM migrations'), 0, 'no statement was done twice')
  t.equal(await locks(), 0)
})

t.test(
  'a server that dies in the middle leaves a lock, which ends by itself; then it goes on where it stopped',
  async t => {
    await one.command('DROP TABLE migrations')
    await server.fault({ match: 'CREATE TABLE IF NOT EXISTS uploads', times: 1, kind: 'kill-before', ms: 0 })
    await t.rejects(migrate(one, { clock }), LcError)
    await server.ended()
    await server.start()
    t.equal(await locks(), 1)
    await t.rejects(migrate(one, { clock }), { code: 'LC_MIGRATION_LOCKED' })
    const before = await ask('SELECT count() AS n FROM migrations')
    t.ok(before > 5)
    const later = { ...clock, now: () => clock.now() + 901_000 }
    t.ok((await migrate(one, { clock: later })).includes('0003_copies.sql'))
    t.equal(await ask('SELECT count() - uniqExact(name, step) AS n FROM migrations'), 0)
    t.equal(await locks(), 0)
  },
)
