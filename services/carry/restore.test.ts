import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { migrate } from '../../ingest/store/migrate.ts'
import { type NativeInsert, openClickHouse } from '../platform/clickhouse.ts'
import { count } from '../platform/clickhouse-rows.ts'
import { systemClock } from '../platform/clock.ts'
import { describeFile, MANIFEST } from './manifest.ts'
import { restoreInstallation } from './restore.ts'

const ROWS = 900_000
const COLUMNS = 'api String, operation String, consumer String, day Date, calls UInt64'
const folder = t.testdir({ export: {} })
const source = join(folder, 'export')
const clickhouse = await openClickHouse({ embedded: { folder: join(folder, 'clickhouse') } })
t.teardown(() => clickhouse.close())

/** An export with one large piece of a table that adds up. */
async function writeExport(): Promise<void> {
  const path = 'usage_daily.202610.native.zst'
  await clickhouse.command(
    `INSERT INTO FUNCTION file('${join(source, path)}', 'Native', '${COLUMNS}')
     SELECT 'partner', 'GET /v1/orders/{}', concat('kong:consumer:', toString(number)), toDate('2026-10-01') + number % 30, 1 FROM numbers(${ROWS})`,
  )
  const columns = COLUMNS.split(', ').map(column => {
    const [name = '', type = ''] = column.split(' ')
    return { name, type }
  })
  const table = { name: 'usage_daily', columns, rows: ROWS, pieces: [await describeFile(source, path)] }
  await writeFile(join(source, MANIFEST), JSON.stringify({ version: 1, migrations: [], files: [], tables: [table] }))
}

t.test('a large piece goes in as it is unpacked, and once, although the answer to it was lost', async t => {
  await migrate(clickhouse, { clock: systemClock, retention: 'off' })
  await writeExport()
  let largest = 0
  const lost = async (insert: NativeInsert): Promise<void> => {
    async function* watched() {
      for await (const chunk of insert.blocks) {
        largest = Math.max(largest, chunk.byteLength)
        yield chunk
      }
    }
    await clickhouse.insertNative({ ...insert, blocks: watched() })
    throw new Error('the answer was lost')
  }
  const options = { source, data: join(folder, 'data'), otherTopic: true, clock: systemClock, say: () => {} }
  await t.rejects(restoreInstallation({ ...options, clickhouse: { ...clickhouse, insertNative: lost } }), /lost/)
  t.ok(largest > 0 && largest <= 1024 * 1024, `${largest} bytes at a time`)
  await restoreInstallation({ ...options, clickhouse })
  const sql = 'SELECT sum(calls) AS n, (SELECT count() FROM usage_daily FINAL) AS rows FROM usage_daily'
  t.strictSame(await clickhouse.query(sql, {}, { n: count, rows: count }), [{ n: ROWS, rows: ROWS }])
})
