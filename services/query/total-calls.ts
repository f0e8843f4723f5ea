import type { ClickHouse } from '../platform/clickhouse.ts'
import { count } from '../platform/clickhouse-rows.ts'

/** Calls ever stored, weighted: the sum that outlives every TTL. */
export async function totalCalls(clickhouse: ClickHouse): Promise<number> {
  const [row] = await clickhouse.query('SELECT sum(calls) AS n FROM usage_ever', {}, { n: count })
  return row?.n ?? 0
}
