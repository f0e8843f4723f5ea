import type { Block } from '../../services/domain/block.ts'
import { SCHEMA_VERSION } from '../../services/domain/block.ts'
import type { Lease, TopicHandler } from '../../services/domain/topic.ts'
import { type ClickHouse, openClickHouse } from '../../services/platform/clickhouse.ts'
import { count } from '../../services/platform/clickhouse-rows.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { aCall } from '../block/a-call.ts'
import { BlockBuilder } from '../block/block-builder.ts'
import { partitionOf, uploadKeyOf } from '../topic/repeats.ts'
import { openSqliteTopic } from '../topic/sqlite-topic.ts'
import { migrate } from './migrate.ts'
import { openDeadLetters } from './sqlite-dead-letters.ts'
import { createStore } from './store.ts'

/**
 * The embedded way of the data in a process of its own, which kills itself at a named step. Written for crash.test.ts:
 *   node crash.child.ts FOLDER FROM TO STEP TIMES DELAY
 * Uploads FROM to TO are appended one after another, every third of them twice; `acked N` on stdout says that upload N
 * is the topic's. At the TIMES-th passing of STEP the process ends by SIGKILL after DELAY ms. STEP '' ends well,
 * with one line of JSON.
 */
const [folder = '', from = '0', to = '0', step = '', times = '1', delay = '0'] = process.argv.slice(2)
export const ROWS = 40
export const PARTITIONS = 2

let left = Number(times)
function passed(name: string): void {
  if (name !== step || --left !== 0) return
  if (Number(delay) === 0) process.kill(process.pid, 'SIGKILL')
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(delay))
}

function fragile(clickhouse: ClickHouse): ClickHouse {
  return {
    ...clickhouse,
    async insertNative(insert) {
      passed(`${insert.into}:before`)
      await clickhouse.insertNative(insert)
      passed(`${insert.into}:after`)
    },
  }
}

function fragileLease(lease: Lease): Lease {
  return {
    partition: lease.partition,
    committed: () => lease.committed(),
    current: () => lease.current(),
    heartbeat: () => lease.heartbeat(),
    async commit(offset, metadata) {
      const name = metadata === '' ? 'commit' : 'pin'
      passed(`${name}:before`)
      await lease.commit(offset, metadata)
      passed(`${name}:after`)
    },
  }
}

/** Upload `number`: in every seventh one row is refused by the tables; half of the rows carry a key. */
function upload(number: number): { readonly key: string; readonly block: Block } {
  const key = uploadKeyOf({ source: 'edge', senderId: `upload-${number}` })
  const builder = new BlockBuilder()
  for (let row = 0; row < ROWS; row += 1) {
    const bad = number % 7 === 0 && row === 11
    const time = bad ? Date.UTC(2150, 0, 1) : Date.UTC(2026, 9, 25) + number * 7_200_000 + row * 1_000
    const consumer = row % 5 === 0 ? '' : `kong:consumer:c${row % 3}`
    builder.add(
      aCall({
        time,
        requestId: `${number}-${row}`,
        consumer,
        key: row % 2 === 0 ? 'p1.key' : '',
        status: row % 5 === 0 ? 401 : 200,
      }),
    )
  }
  const { payload, first, last } = builder.take()
  const tallies = [
    { hour: Date.UTC(2026, 9, 25), outcome: 'call' as const, reason: '', lines: ROWS },
    { hour: Date.UTC(2026, 9, 25), outcome: 'dropped' as const, reason: 'no-host', lines: 2 },
  ]
  const uploads = [{ key, part: 1, of: 1, first: 0, rows: ROWS, tallies }]
  return {
    key,
    block: {
      payload,
      rows: ROWS,
      headers: { schema: SCHEMA_VERSION, catalogue: 'test', source: 'edge', uploads, first, last },
    },
  }
}

const clickhouse = await openClickHouse({ embedded: { folder: `${folder}/clickhouse` } })
await migrate(clickhouse, { clock: systemClock, retention: 'off' })
const dead = openDeadLetters(`${folder}/dead.db`)
const topic = await openSqliteTopic({
  folder,
  clock: systemClock,
  gatherMs: 0,
  partitions: PARTITIONS,
  batch: { bytes: 1_000_000, blocks: 4 },
})
const store = createStore({ clickhouse: fragile(clickhouse), dead, clock: systemClock, log: silentLog })
const handler: TopicHandler = {
  assigned: lease => store.assigned(fragileLease(lease)),
  blocks: (lease, blocks) => store.blocks(fragileLease(lease), blocks),
  revoked: partition => store.revoked(partition),
}
const reached = new Map<number, bigint>()
const consumption = await topic.consume({
  ...handler,
  async blocks(lease, blocks) {
    await handler.blocks(lease, blocks)
    reached.set(lease.partition, (await lease.committed()).offset)
  },
  async assigned(lease) {
    await handler.assigned(lease)
    reached.set(lease.partition, (await lease.committed()).offset)
  },
})

for (let number = Number(from); number < Number(to); number += 1) {
  const { key, block } = upload(number)
  const partition = partitionOf(key, PARTITIONS)
  await topic.append(partition, number % 3 === 0 ? [block, block] : [block])
  process.stdout.write(`acked ${number}\n`)
}
const stands = async () => (await topic.ends()).every((end, partition) => reached.get(partition) === end)
while (!(await stands())) await systemClock.sleep(10)

if (step !== '') process.stdout.write('outlived\n')
else {
  const one = async (sql: string): Promise<number> => (await clickhouse.query(sql, {}, { n: count }))[0]?.n ?? -1
  const sums = {
    calls: await one('SELECT count() AS n FROM calls'),
    distinct: await one('SELECT uniqExact(request_id) AS n FROM calls'),
    origins: await one('SELECT uniqExact(partition, offset, row) AS n FROM calls'),
    daily: await one('SELECT sum(rows) AS n FROM usage_daily'),
    ever: await one('SELECT sum(calls) AS n FROM usage_ever'),
    consumers: await one('SELECT sum(calls) AS n FROM consumers_daily'),
    headers: await one('SELECT sum(calls) AS n FROM headers_daily'),
    identities: await one('SELECT sum(calls) AS n FROM identities_seen'),
    keyed: await one("SELECT count() AS n FROM calls WHERE key != '' AND status != 401"),
    tallied: await one("SELECT sum(lines) AS n FROM sources_hourly WHERE outcome = 'call'"),
    dropped: await one("SELECT sum(lines) AS n FROM sources_hourly WHERE outcome = 'dropped'"),
    deadLines: await one("SELECT sum(lines) AS n FROM sources_hourly WHERE outcome = 'dead'"),
    deadLetters: await dead.count(),
    sightings: await one('SELECT count() AS n FROM uploads'),
    ends: Number((await topic.ends()).reduce((sum, end) => sum + end, 0n)),
  }
  process.stdout.write(`${JSON.stringify(sums)}\n`)
}
await consumption.stop()
await topic.close()
await clickhouse.close()
dead.close()
