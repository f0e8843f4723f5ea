import t from 'tap'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { count, text } from '../../services/platform/clickhouse-rows.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { aPartition, each, sums } from './a-partition.ts'
import { migrate } from './migrate.ts'
import { openDeadLetters } from './sqlite-dead-letters.ts'
import { createStore } from './store.ts'

const folder = t.testdir({})
const clickhouse = await openClickHouse({ embedded: { folder: `${folder}/clickhouse` } })
const dead = openDeadLetters(`${folder}/dead.db`)
t.teardown(async () => {
  await clickhouse.close()
  dead.close()
})
await migrate(clickhouse, { clock: systemClock, retention: 'off' })

/** Two days later, half of them in the month before. */
const NOW = Date.UTC(2026, 10, 2, 12)
const LATE_MS = 48 * 3_600_000
const ROWS = 960

t.test('rows up to 48 hours late make two parts at most in a table, and stand on their own days', async t => {
  const here = aPartition(NOW)
  for (let block = 0; block < 4; block += 1)
    here.add(Array.from({ length: ROWS / 4 }, (_, row) => ({ time: NOW - ((row * 4 + block) / ROWS) * LATE_MS })))
  const store = createStore({ clickhouse, dead, clock: systemClock, log: silentLog })
  await store.blocks(here.lease, here.offered())
  t.strictSame(await sums(clickhouse), each(ROWS))
  const parts = await clickhouse.query(
    "SELECT table, count() AS n FROM system.parts WHERE database = currentDatabase() AND active AND table IN ('calls', 'usage_daily', 'consumers_daily', 'headers_daily') GROUP BY table ORDER BY table",
    {},
    { table: text, n: count },
  )
  t.strictSame(
    parts.map(({ table, n }) => [table, n]),
    [
      ['calls', 2],
      ['consumers_daily', 2],
      ['headers_daily', 2],
      ['usage_daily', 2],
    ],
  )
  const days = await clickhouse.query(
    'SELECT toString(day) AS day, sum(calls) AS n FROM usage_daily GROUP BY day ORDER BY day',
    {},
    { day: text, n: count },
  )
  t.strictSame(
    days.map(({ day, n }) => [day, n]),
    [
      ['2026-10-31', 239],
      ['2026-11-01', 480],
      ['2026-11-02', 241],
    ],
  )
})
