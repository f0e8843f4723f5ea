import t from 'tap'
import type { Block, UploadPart } from '../../services/domain/block.ts'
import { SCHEMA_VERSION } from '../../services/domain/block.ts'
import type { Call } from '../../services/domain/call.ts'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { count, text } from '../../services/platform/clickhouse-rows.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { aCall } from '../block/a-call.ts'
import { BlockBuilder } from '../block/block-builder.ts'
import { openSqliteTopic } from '../topic/sqlite-topic.ts'
import { migrate } from './migrate.ts'
import { openDeadLetters } from './sqlite-dead-letters.ts'
import { createStore } from './store.ts'

const folder = t.testdir({})
const clickhouse = await openClickHouse({ embedded: { folder: `${folder}/clickhouse` } })
const dead = openDeadLetters(`${folder}/dead.db`)
await migrate(clickhouse, { clock: systemClock })
const topic = await openSqliteTopic({ folder, clock: systemClock, gatherMs: 0 })
let faults: unknown[] = []
const store = createStore({ clickhouse, dead, clock: systemClock, log: silentLog })
const consumption = await topic.consume({
  assigned: lease => store.assigned(lease),
  blocks: async (lease, blocks) => {
    try {
      await store.blocks(lease, blocks)
    } catch (error) {
      faults.push(error)
      throw error
    }
  },
  revoked: partition => store.revoked(partition),
})
t.teardown(async () => {
  await consumption.stop()
  await topic.close()
  await clickhouse.close()
  dead.close()
})

const NOW = Date.UTC(2026, 10, 22, 12)
let requests = 0

function calls(many: number, over: Partial<Call> = {}): Call[] {
  return Array.from({ length: many }, (_, index) =>
    aCall({
      time: NOW + index * 1000,
      received: NOW,
      requestId: `request-${requests++}`,
      consumer: `kong:consumer:c${index % 3}`,
      key: 'p1.k',
      status: 200,
      ...over,
    }),
  )
}

function block(rows: readonly Call[], key: string, part = 1, more: Partial<UploadPart> = {}): Block {
  const builder = new BlockBuilder()
  for (const row of rows) builder.add(row)
  const { payload, first, last } = builder.take()
  const tallies = [{ hour: NOW, outcome: 'call' as const, reason: '', lines: rows.length }]
  return {
    payload,
    rows: rows.length,
    headers: {
      schema: SCHEMA_VERSION,
      catalogue: 'test',
      source: 'edge',
      uploads: [{ key, part, of: 1, first: 0, rows: rows.length, tallies, ...more }],
      first,
      last,
    },
  }
}

/** Waits until the store stands at the topic's ends. */
async function settled(): Promise<void> {
  const seen = async (): Promise<number> =>
    (await clickhouse.query('SELECT count() AS n FROM uploads', {}, { n: count }))[0]?.n ?? 0
  const ends = (await topic.ends()).reduce((sum, end) => sum + Number(end), 0)
  for (let tries = 0; (await seen()) < ends && tries < 400 && faults.length === 0; tries += 1)
    await systemClock.sleep(25)
}

async function sums(): Promise<readonly number[]> {
  const one = async (sql: string): Promise<number> => (await clickhouse.query(sql, {}, { n: count }))[0]?.n ?? -1
  return Promise.all([
    one('SELECT count() AS n FROM calls'),
    one('SELECT uniqExact(request_id) AS n FROM calls'),
    one('SELECT sum(rows) AS n FROM usage_daily'),
    one('SELECT sum(calls) AS n FROM usage_ever'),
    one('SELECT sum(calls) AS n FROM consumers_daily'),
    one('SELECT sum(calls) AS n FROM headers_daily'),
    one('SELECT sum(calls) AS n FROM identities_seen'),
    one("SELECT sum(lines) AS n FROM sources_hourly WHERE outcome = 'call'"),
  ])
}

t.test('what stands on the topic stands once in the calls, in every rollup and in the tallies', async t => {
  await topic.append(0, [block(calls(700), 'a'), block(calls(300), 'b')])
  await topic.append(1, [block(calls(500), 'c')])
  await settled()
  t.strictSame(faults, [])
  t.strictSame(await sums(), [1500, 1500, 1500, 1500, 1500, 1500, 1500, 1500])
})

t.test('an upload that comes again adds nothing, neither rows nor lines', async t => {
  await topic.append(0, [block(calls(700), 'a')])
  await settled()
  t.strictSame(await sums(), [1500, 1500, 1500, 1500, 1500, 1500, 1500, 1500])
})

t.test('a range inserted again under its token adds nothing in any table', async t => {
  const before = await sums()
  // Whose last commit never comes: the pin stays.
  let pin = ''
  const lease = {
    partition: 7,
    committed: async () => ({ offset: 0n, metadata: pin }),
    commit: async (_offset: bigint, metadata: string) => {
      pin = metadata || pin
    },
    current: () => true,
    heartbeat: async () => {},
  }
  const stored = [{ ...block(calls(100), 'd'), partition: 7, offset: 0n, logTime: NOW }]
  await store.blocks(lease, stored)
  store.revoked(7)
  await store.blocks(lease, stored)
  t.strictSame(
    await sums(),
    before.map(sum => sum + 100),
  )
})

t.test(
  'rows that ClickHouse refuses are set aside with their origin, their neighbours are stored, the sums agree',
  async t => {
    const before = await sums()
    const rows = calls(50)
    rows[17] = aCall({ time: Date.UTC(2150, 0, 1), requestId: 'poison', key: 'p1.k' })
    await topic.append(2, [block(rows, 'e'), block(calls(10), 'f')])
    await settled()
    t.strictSame(faults, [])
    t.strictSame(
      await sums(),
      before.map(sum => sum + 59),
    )
    t.equal(await dead.count(), 1)
    const tallied = await clickhouse.query(
      "SELECT outcome, sum(lines) AS n FROM sources_hourly WHERE outcome = 'dead' GROUP BY outcome",
      {},
      { outcome: text, n: count },
    )
    t.strictSame(tallied, [{ outcome: 'dead', n: 1 }])
  },
)

t.test('a block of a newer schema stops its partition with a code, the others go on', async t => {
  const newer = block(calls(5), 'g')
  await topic.append(3, [{ ...newer, headers: { ...newer.headers, schema: SCHEMA_VERSION + 1 } }])
  while (faults.length === 0) await systemClock.sleep(10)
  t.match(faults[0], { code: 'LC_STORE_SCHEMA_NEWER' })
  faults = []
  const before = await sums()
  await topic.append(0, [block(calls(5), 'h')])
  for (let tries = 0; (await sums()).at(-1) !== (before.at(-1) ?? 0) + 5 && tries < 400; tries += 1)
    await systemClock.sleep(25)
  t.strictSame(
    await sums(),
    before.map(sum => sum + 5),
  )
})
