import { SCHEMA_VERSION, type StoredBlock, type UploadPart } from '../../services/domain/block.ts'
import type { Call } from '../../services/domain/call.ts'
import type { Lease } from '../../services/domain/topic.ts'
import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { count } from '../../services/platform/clickhouse-rows.ts'
import { aCall } from '../block/a-call.ts'
import { BlockBuilder } from '../block/block-builder.ts'

let requests = 0
let partitions = 0

/** For tests: a partition of its own, a log of blocks, and where the group stands on it. */
export function aPartition(now: number) {
  const number = ++partitions
  const log: StoredBlock[] = []
  const at = { offset: 0n, metadata: '', ours: true }
  const lease: Lease = {
    partition: number,
    committed: async () => ({ offset: at.offset, metadata: at.metadata }),
    async commit(offset, metadata) {
      at.offset = offset
      at.metadata = metadata
    },
    current: () => at.ours,
    heartbeat: async () => {},
  }
  const add = (rows: readonly Partial<Call>[], more: Partial<UploadPart> = {}): void => {
    const builder = new BlockBuilder()
    for (const row of rows) builder.add(aCall({ time: now, key: 'p1.k', requestId: `${number}-${requests++}`, ...row }))
    const { payload, first, last } = builder.take()
    const tallies = [{ hour: now - (now % 3_600_000), outcome: 'call' as const, reason: '', lines: rows.length }]
    const part = { key: `${number}-${log.length}`, part: 1, of: 1, first: 0, rows: rows.length, tallies, ...more }
    const headers = { schema: SCHEMA_VERSION, catalogue: 'test', source: 'edge', uploads: [part], first, last }
    log.push({
      headers,
      payload,
      rows: rows.length,
      partition: number,
      offset: BigInt(log.length),
      logTime: now + log.length,
    })
  }
  const offered = () => log.filter(block => block.offset >= at.offset)
  return { number, log, at, lease, add, offered }
}

export const rows = (many: number, over: Partial<Call> = {}): Partial<Call>[] =>
  Array.from({ length: many }, () => over)
/** A row that the tables refuse. */
export const bad = { time: Date.UTC(2150, 0, 1) }

const TABLES = ['calls', 'usage_daily', 'usage_ever', 'consumers_daily', 'headers_daily', 'identities_seen'] as const

/** What every table counts, and the tallies as calls and as dead. */
export async function sums(clickhouse: ClickHouse): Promise<readonly number[]> {
  const queries = TABLES.map(table => `SELECT ${table === 'calls' ? 'count()' : 'sum(calls)'} AS n FROM ${table}`)
  for (const outcome of ['call', 'dead'])
    queries.push(`SELECT sum(lines) AS n FROM sources_hourly WHERE outcome = '${outcome}'`)
  return Promise.all(queries.map(async sql => (await clickhouse.query(sql, {}, { n: count }))[0]?.n ?? 0))
}

/** The same of so many calls, and dead lines. */
export const each = (calls: number, deadLines = 0): readonly number[] => [...TABLES.map(() => calls), calls, deadLines]
