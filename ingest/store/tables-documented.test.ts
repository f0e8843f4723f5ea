import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { text } from '../../services/platform/clickhouse-rows.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { migrate } from './migrate.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/tables.md'), 'utf8')
const clickhouse = await openClickHouse({ embedded: { folder: `${t.testdir({})}/clickhouse` } })
t.teardown(() => clickhouse.close())
await migrate(clickhouse, { clock: systemClock })

/** What the page says under a table's heading, or in its row of the copies. */
function saidOf(table: string): string {
  const section = page.split(/^## /m).find(part => part.startsWith(`${table} `))
  if (section !== undefined) return section
  return page.split('\n').find(line => line.startsWith(`| ${table} |`)) ?? page.split(/^## Doors/m)[1] ?? ''
}

t.test('docs/tables.md names every table and every column that the migrations make', async t => {
  const columns = await clickhouse.query(
    "SELECT table, name FROM system.columns WHERE database = currentDatabase() AND table NOT LIKE '%\\_mv' ORDER BY table, position",
    {},
    { table: text, name: text },
  )
  const tables = new Set(columns.map(({ table }) => table))
  t.equal(tables.size, 17)
  const missing = [...tables].filter(table => !page.includes(table))
  for (const { table, name } of columns) {
    // The two doors have the columns of what stands behind them.
    const behind = table.startsWith('calls_') ? 'calls' : table === 'tallies_in' ? 'sources_hourly' : table
    if (!saidOf(behind).includes(`\`${name}\``)) missing.push(`${table}.${name}`)
  }
  t.strictSame(missing, [])
})
