import { cp, readdir, writeFile } from 'node:fs/promises'
import t from 'tap'
import { type ClickHouse, openClickHouse } from '../../services/platform/clickhouse.ts'
import { count, text } from '../../services/platform/clickhouse-rows.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { migrate } from './migrate.ts'
import { MIGRATIONS, readMigrations } from './read-migrations.ts'
import { applyRetention } from './retention.ts'

const clickhouse = await openClickHouse({ embedded: { folder: `${t.testdir({})}/clickhouse` } })
t.teardown(() => clickhouse.close())
const clock = systemClock
const names = (await readdir(MIGRATIONS)).sort()

const tables = async () =>
  (
    await clickhouse.query(
      'SELECT name FROM system.tables WHERE database = currentDatabase() ORDER BY name',
      {},
      { name: text },
    )
  ).map(row => row.name)

/** ClickHouse that stops answering after so many statements: what a kill between two of them leaves. */
function cutAfter(commands: number): ClickHouse {
  let left = commands
  return {
    ...clickhouse,
    command: (sql, params) => (left-- > 0 ? clickhouse.command(sql, params) : Promise.reject(new Error('cut'))),
  }
}

t.test('a dry run says what it would do and does nothing', async t => {
  t.strictSame(await migrate(clickhouse, { clock, dryRun: true }), names)
  t.strictSame(await tables(), [])
})

t.test('a migration cut after every single statement goes on where it stopped', async t => {
  const statements = (await readMigrations()).reduce((sum, { statements }) => sum + statements.length, 0)
  // Odd: after a statement and before its record; even: between two statements.
  for (let cut = 0; cut < statements; cut += 1) {
    await t.rejects(migrate(cutAfter(2 + (cut % 2)), { clock }), /cut/)
  }
  await migrate(clickhouse, { clock })
  t.strictSame(await migrate(clickhouse, { clock }), [], 'nothing is left to do')
  const steps = await clickhouse.query(
    'SELECT count() AS n, uniqExact(name, step) AS u FROM migrations',
    {},
    { n: count, u: count },
  )
  t.strictSame(steps, [{ n: statements, u: statements }])
})

t.test(
  'every table that takes rows exactly once remembers tokens and syncs, and all forget by month alike',
  async t => {
    const rows = await clickhouse.query(
      "SELECT name, engine_full AS made, partition_key AS by FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND name NOT IN ('migrations', 'deprecations', 'operation_lineage', 'identities', 'states', 'notices')",
      {},
      { name: text, made: text, by: text },
    )
    t.equal(rows.length, 8)
    for (const { name, made, by } of rows) {
      t.match(made, 'non_replicated_deduplication_window = 100000', name)
      t.match(made, 'fsync_after_insert = 1', name)
      if (name !== 'uploads') t.match(by, /^(toYYYYMM\(\w+\))?$/, name)
    }
  },
)

t.test(
  'rows with a time outside 2000 to 2100 are refused at the door and at the place where rows are tried',
  async t => {
    for (const table of ['calls_in', 'calls_probe']) {
      for (const year of [1969, 1999, 2101, 2299]) {
        const insert = `INSERT INTO ${table} (time) SELECT toDateTime64('${year}-06-01 00:00:00', 3, 'UTC')`
        await t.rejects(clickhouse.command(insert), /sane_time/, `${table} ${year}`)
      }
    }
  },
)

t.test('retention is set, changed and taken away, and what stands already is left alone', async t => {
  const ttl = async () => {
    const sql = "SELECT engine_full AS made FROM system.tables WHERE database = currentDatabase() AND name = 'calls'"
    return (await clickhouse.query(sql, {}, { made: text }))[0]?.made.match(/toIntervalDay\(\d+\)/)?.[0]
  }
  const kept = { callsDays: 90, usageMonths: 25, headersMonths: 13 }
  t.equal(await ttl(), 'toIntervalDay(90)')
  await applyRetention({ ...clickhouse, command: sql => Promise.reject(new Error(sql)) }, kept)
  await migrate(clickhouse, { clock, retention: { ...kept, callsDays: 30 } })
  t.equal(await ttl(), 'toIntervalDay(30)')
  await migrate(clickhouse, { clock, retention: 'off' })
  t.equal(await ttl(), undefined)
  await migrate(clickhouse, { clock, retention: kept })
  t.equal(await ttl(), 'toIntervalDay(90)')
})

t.test('a changed migration, a newer one and one while a range is pinned are refused', async t => {
  const folder = t.testdir({})
  await cp(MIGRATIONS, folder, { recursive: true })
  await writeFile(`${folder}/0099_more.sql`, 'CREATE TABLE more (n UInt8) ENGINE = MergeTree ORDER BY n;\n')
  await t.rejects(migrate(clickhouse, { clock, folder, pinned: async () => true }), { code: 'LC_MIGRATION_PINNED' })
  t.strictSame(await migrate(clickhouse, { clock, folder, pinned: async () => false }), ['0099_more.sql'])
  await t.rejects(migrate(clickhouse, { clock }), { code: 'LC_MIGRATION_NEWER' })
  await writeFile(`${folder}/0099_more.sql`, 'CREATE TABLE more (n UInt16) ENGINE = MergeTree ORDER BY n;\n')
  await t.rejects(migrate(clickhouse, { clock, folder }), { code: 'LC_MIGRATION_CHANGED' })
  await writeFile(`${folder}/0099_other.sql`, 'SELECT 1;\n')
  await t.rejects(migrate(clickhouse, { clock, folder }), { code: 'LC_MIGRATION_NUMBER' })
})
