import t from 'tap'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { text } from '../../services/platform/clickhouse-rows.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { migrate } from './migrate.ts'
import { forCluster, onCluster } from './on-cluster.ts'
import { readMigrations } from './read-migrations.ts'

const clickhouse = await openClickHouse({ embedded: { folder: `${t.testdir({})}/clickhouse` } })
t.teardown(() => clickhouse.close())

t.test('every table of the chain syncs its inserts and remembers 100,000 of them', async t => {
  await migrate(clickhouse, { clock: systemClock })
  const tables = await clickhouse.query(
    'SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND name IN {names:Array(String)}',
    {
      names: [
        ...['calls', 'usage_daily', 'usage_ever', 'consumers_daily', 'headers_daily', 'identities_seen'],
        ...['sources_hourly', 'uploads'],
      ],
    },
    { name: text, engine_full: text },
  )
  t.equal(tables.length, 8)
  for (const { name, engine_full } of tables) {
    t.match(engine_full, /non_replicated_deduplication_window = 100000/, name)
    t.match(engine_full, /fsync_after_insert = 1/, name)
  }
})

t.test(
  'in a cluster every statement is one that ClickHouse reads, on the cluster, replicated, with a memory',
  async t => {
    for (const { statements } of await readMigrations()) {
      for (const statement of statements) {
        const sql = forCluster(statement, 'main')
        t.match(sql, / ON CLUSTER `main`/, statement.slice(0, 60))
        t.notMatch(sql, /ENGINE = (Aggregating|Replacing)?MergeTree|non_replicated/)
        if (statement.includes('non_replicated'))
          t.match(sql, /replicated_deduplication_window = 100000, replicated_deduplication_window_seconds = \d+/)
        const [formatted] = await clickhouse.query('SELECT formatQuery({sql:String}) AS sql', { sql }, { sql: text })
        t.match(formatted?.sql, /ON CLUSTER main/)
      }
    }
  },
)

t.test('what is no DDL goes as it is, and without a cluster nothing changes', async t => {
  t.equal(forCluster('INSERT INTO migrations SELECT 1', 'main'), 'INSERT INTO migrations SELECT 1')
  t.equal(onCluster(clickhouse, undefined), clickhouse)
  t.equal(
    forCluster('ALTER TABLE calls MODIFY TTL toDateTime(time) + toIntervalDay(30)', 'main'),
    'ALTER TABLE calls ON CLUSTER `main` MODIFY TTL toDateTime(time) + toIntervalDay(30)',
  )
})
