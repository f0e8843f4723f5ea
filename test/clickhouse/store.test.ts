import t from 'tap'
import { aCall } from '../../ingest/block/a-call.ts'
import { BlockBuilder } from '../../ingest/block/block-builder.ts'
import { migrate } from '../../ingest/store/migrate.ts'
import { openDeadLetters } from '../../ingest/store/sqlite-dead-letters.ts'
import { createStore } from '../../ingest/store/store.ts'
import { partitionOf, uploadKeyOf } from '../../ingest/topic/repeats.ts'
import { openSqliteTopic } from '../../ingest/topic/sqlite-topic.ts'
import { type Block, SCHEMA_VERSION } from '../../services/domain/block.ts'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { count } from '../../services/platform/clickhouse-rows.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { ClickHouseProcess } from './clickhouse-process.ts'

t.setTimeout(120_000)
const folder = t.testdir({})
const server = new ClickHouseProcess(`${folder}/clickhouse`)
await server.start()
const ch = await openClickHouse(server.settings)
await migrate(ch, { clock: systemClock, retention: 'off' })
const dead = openDeadLetters(`${folder}/dead.db`)
const PARTITIONS = 2
const topic = await openSqliteTopic({ folder, clock: systemClock, gatherMs: 0, partitions: PARTITIONS })
const store = createStore({ clickhouse: ch, dead, clock: systemClock, log: silentLog })
const reached = new Map<number, bigint>()
const consumption = await topic.consume({
  async assigned(lease) {
    await store.assigned(lease)
    reached.set(lease.partition, (await lease.committed()).offset)
  },
  async blocks(lease, blocks) {
    await store.blocks(lease, blocks)
    reached.set(lease.partition, (await lease.committed()).offset)
  },
  revoked: partition => store.revoked(partition),
})
t.teardown(async () => {
  await consumption.stop()
  await topic.close()
  await ch.close()
  dead.close()
  await server.close()
})

const ROWS = 60
let uploads = 0

/** One upload more; `bad` of its rows are refused by the tables. */
async function upload(bad = 0): Promise<void> {
  const number = uploads++
  const key = uploadKeyOf({ source: 'edge', senderId: `upload-${number}` })
  const builder = new BlockBuilder()
  for (let row = 0; row < ROWS; row += 1) {
    const time = row < bad ? Date.UTC(2150, 0, 1) : Date.UTC(2026, 9, 25) + number * 60_000 + row
    builder.add(
      aCall({ time, requestId: `${number}-${row}`, consumer: `kong:consumer:c${row % 3}`, key: 'p1.k', status: 200 }),
    )
  }
  const { payload, first, last } = builder.take()
  const tallies = [{ hour: Date.UTC(2026, 9, 25), outcome: 'call' as const, reason: '', lines: ROWS }]
  const block: Block = {
    payload,
    rows: ROWS,
    headers: {
      schema: SCHEMA_VERSION,
      catalogue: 'test',
      source: 'edge',
      uploads: [{ key, part: 1, of: 1, first: 0, rows: ROWS, tallies }],
      first,
      last,
    },
  }
  await topic.append(partitionOf(key, PARTITIONS), [block])
}

async function settled(): Promise<void> {
  const stands = async (): Promise<boolean> =>
    (await topic.ends()).every((end, partition) => (reached.get(partition) ?? 0n) === end)
  while (!(await stands())) await systemClock.sleep(20)
}

async function sums(): Promise<Readonly<Record<string, number>>> {
  const one = async (sql: string): Promise<number> => (await ch.query(sql, {}, { n: count }))[0]?.n ?? -1
  return {
    calls: await one('SELECT count() AS n FROM calls'),
    distinct: await one('SELECT uniqExact(request_id) AS n FROM calls'),
    daily: await one('SELECT sum(rows) AS n FROM usage_daily'),
    ever: await one('SELECT sum(calls) AS n FROM usage_ever'),
    consumers: await one('SELECT sum(calls) AS n FROM consumers_daily'),
    headers: await one('SELECT sum(calls) AS n FROM headers_daily'),
    identities: await one('SELECT sum(calls) AS n FROM identities_seen'),
    tallied: await one("SELECT sum(lines) AS n FROM sources_hourly WHERE outcome = 'call'"),
  }
}
const all = (rows: number) => ({
  ...{ calls: rows, distinct: rows, daily: rows, ever: rows },
  ...{ consumers: rows, headers: rows, identities: rows, tallied: rows },
})

t.test('the store works through the server as in process: rows, rollups, tallies, and poison set aside', async t => {
  for (let n = 0; n < 6; n += 1) await upload(n === 3 ? 1 : 0)
  await settled()
  t.strictSame(await sums(), all(6 * ROWS - 1))
  t.equal(await dead.count(), 1)
})

t.test('answers lost, inserts refused for a while, and the server killed: each row still stands once', async t => {
  await server.fault({ match: 'INSERT INTO calls_in', times: 2, kind: 'cut-after' })
  await server.fault({ match: 'INSERT INTO tallies_in', times: 1, kind: 'cut-after' })
  await server.fault({ match: 'INSERT INTO uploads', times: 1, kind: 'cut-before' })
  await server.fault({ match: 'INSERT INTO calls_in', times: 1, kind: 'too-many-parts' })
  for (let n = 0; n < 4; n += 1) await upload()
  await settled()
  t.strictSame(await sums(), all(10 * ROWS - 1))
  await server.fault({ match: 'INSERT INTO tallies_in', times: 1, kind: 'kill-before' })
  await upload()
  await upload()
  await server.ended()
  await server.start()
  await settled()
  t.strictSame(await sums(), all(12 * ROWS - 1))
  t.equal(await dead.count(), 1, 'and nothing is dead for want of a server')
})
