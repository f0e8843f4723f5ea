import type { ClickHouse } from '../platform/clickhouse.ts'
import { count, text } from '../platform/clickhouse-rows.ts'

const WEIGHTS = `
SELECT source, sum(calls) AS weighed, sum(rows) AS logged FROM usage_daily
WHERE day >= toDate({since:String}) GROUP BY source HAVING logged > 0`

/** How many calls one logged call of each source stands for, on average: 1 where nothing is sampled. `sinceDay` YYYY-MM-DD UTC. */
export async function sourceWeights(clickhouse: ClickHouse, sinceDay: string): Promise<ReadonlyMap<string, number>> {
  const rows = await clickhouse.query(WEIGHTS, { since: sinceDay }, { source: text, weighed: count, logged: count })
  return new Map(rows.map(({ source, weighed, logged }) => [source, weighed / logged]))
}
