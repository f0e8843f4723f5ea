import t from 'tap'
import { aCall } from '../../ingest/block/a-call.ts'
import { BlockBuilder } from '../../ingest/block/block-builder.ts'
import { CURRENT_SETTINGS, insertCalls } from '../../ingest/store/insert.ts'
import { migrate } from '../../ingest/store/migrate.ts'
import type { StoredBlock } from '../../services/domain/block.ts'
import { SCHEMA_VERSION } from '../../services/domain/block.ts'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { faultKind } from '../../services/platform/clickhouse-errors.ts'
import { count } from '../../services/platform/clickhouse-rows.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { ClickHouseProcess } from './clickhouse-process.ts'

t.setTimeout(120_000)
const server = new ClickHouseProcess({
  folder: `${t.testdir({})}/clickhouse`,
  user: 'lastcall',
  password: 'not-a-secret',
  database: 'lastcall',
})
await server.start()
const ch = await openClickHouse(server.settings)
t.teardown(async () => {
  await ch.close()
  await server.close()
})
await migrate(ch, { clock: systemClock, retention: 'off' })

const ROWS = 500
function block(offset: bigint): StoredBlock {
  const builder = new BlockBuilder()
  for (let row = 0; row < ROWS; row += 1) {
    const time = Date.UTC(2026, 9, 25) + Number(offset) * 7_200_000 + row * 1_000
    builder.add(
      aCall({ time, requestId: `${offset}-${row}`, consumer: `kong:consumer:c${row % 3}`, key: 'p1.k', status: 200 }),
    )
  }
  const { payload, first, last } = builder.take()
  const uploads = [{ key: `u${offset}`, part: 1, of: 1, first: 0, rows: ROWS, tallies: [] }]
  return {
    partition: 0,
    offset,
    logTime: Date.UTC(2026, 9, 25),
    payload,
    rows: ROWS,
    headers: { schema: SCHEMA_VERSION, catalogue: 'test', source: 'edge', uploads, first, last },
  }
}

const insert = (offset: number) =>
  insertCalls(ch, [block(BigInt(offset)), block(BigInt(offset) + 1n)], [], {
    into: 'calls_in',
    settings: CURRENT_SETTINGS,
    token: `lastcall.calls.v1:0:${offset}-${offset + 1}`,
  })

async function sums(): Promise<readonly number[]> {
  const one = async (sql: string): Promise<number> => (await ch.query(sql, {}, { n: count }))[0]?.n ?? -1
  return [
    await one('SELECT count() AS n FROM calls'),
    await one('SELECT uniqExact(request_id) AS n FROM calls'),
    await one('SELECT sum(rows) AS n FROM usage_daily'),
    await one('SELECT sum(calls) AS n FROM usage_ever'),
    await one('SELECT sum(calls) AS n FROM consumers_daily'),
    await one('SELECT sum(calls) AS n FROM headers_daily'),
    await one('SELECT sum(calls) AS n FROM identities_seen'),
  ]
}
const all = (rows: number): number[] => Array(7).fill(rows)
const kindOf = (work: Promise<unknown>) => work.then(() => 'none', faultKind)

t.test('the same insert with the same token stands once in the target and every rollup', async t => {
  await insert(0)
  await insert(0)
  t.strictSame(await sums(), all(1_000))
})

t.test('an answer cut off after the insert ran is a fault to retry, and the retry adds nothing', async t => {
  await server.fault({ match: 'INSERT INTO calls_in', times: 1, kind: 'cut-after' })
  t.equal(await kindOf(insert(2)), 'busy')
  await insert(2)
  t.strictSame(await sums(), all(2_000))
})

t.test(
  'cut before, 503, too many parts, no memory: nothing went in, a fault to retry, and then it is there once',
  async t => {
    for (const kind of ['cut-before', 'unavailable', 'too-many-parts', 'memory'] as const) {
      await server.fault({ match: 'INSERT INTO calls_in', times: 1, kind })
      t.equal(await kindOf(insert(4)), 'busy', kind)
      t.strictSame(await sums(), all(2_000), kind)
    }
    await insert(4)
    t.strictSame(await sums(), all(3_000))
    const { 'cut-before': cut, memory } = await server.struck()
    t.strictSame([cut, memory], [1, 1])
  },
)

t.test(
  'killed right after the insert ran, and at any moment within it: the repeat after a restart counts once',
  async t => {
    let rows = 3_000
    for (const [kind, ms] of [
      ['kill-after', 0],
      ['kill-before', 0],
      ['kill-before', 15],
      ['kill-before', 40],
      ['kill-before', 80],
    ] as const) {
      const offset = 10 + ms * 10 + (kind === 'kill-after' ? 5 : 0)
      await server.fault({ match: 'INSERT INTO calls_in', times: 1, kind, ms })
      // The later deaths may come after the answer.
      await insert(offset).catch(() => undefined)
      await server.ended()
      await server.start()
      await insert(offset)
      rows += 1_000
      t.strictSame(await sums(), all(rows), `${kind} ${ms} ms`)
    }
  },
)

t.test('stopped, it answers nobody; it goes on where it was', async t => {
  server.suspend()
  const asked = insert(2_000)
  const early = await Promise.race([asked.then(() => 'answered'), systemClock.sleep(300).then(() => 'waiting')])
  t.equal(early, 'waiting')
  server.resume()
  await asked
  t.strictSame(await sums(), all(9_000))
})
