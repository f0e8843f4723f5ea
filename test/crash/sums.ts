import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { count } from '../../services/platform/clickhouse-rows.ts'

/** Every table that must tell the same: name → the question. */
const QUESTIONS: readonly (readonly [string, string])[] = [
  ['calls', 'SELECT count() AS n FROM calls'],
  ['distinct', 'SELECT uniqExact(request_id) AS n FROM calls'],
  ['usage_daily', 'SELECT sum(rows) AS n FROM usage_daily'],
  ['usage_ever', 'SELECT sum(calls) AS n FROM usage_ever'],
  ['consumers_daily', 'SELECT sum(calls) AS n FROM consumers_daily'],
  ['headers_daily', 'SELECT sum(calls) AS n FROM headers_daily'],
  ['identities_seen', 'SELECT sum(calls) AS n FROM identities_seen'],
  ['tallies', "SELECT sum(lines) AS n FROM sources_hourly WHERE outcome = 'call'"],
  ['dead_tallies', "SELECT sum(lines) AS n FROM sources_hourly WHERE outcome = 'dead'"],
  ['other_tallies', "SELECT sum(lines) AS n FROM sources_hourly WHERE outcome NOT IN ('call', 'dead')"],
]

/** Table or measure → what it holds. */
export async function sumsOf(clickhouse: ClickHouse): Promise<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const [name, sql] of QUESTIONS) sums[name] = await ask(clickhouse, sql)
  return sums
}

export async function ask(clickhouse: ClickHouse, sql: string): Promise<number> {
  return (await clickhouse.query(sql, {}, { n: count }))[0]?.n ?? -1
}
