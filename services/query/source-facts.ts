import type { SourceFacts } from '../domain/source-facts.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { count, text } from '../platform/clickhouse-rows.ts'

const CALLS = `
SELECT count() AS calls, countIf(status NOT IN (401, 403)) AS let_in, countIf(consumer = '' AND status NOT IN (401, 403)) AS nobody,
  countIf(matched = 'inferred') AS inferred, countIf(status < 300) AS well, uniq(net) AS nets, max(weight) AS weight,
  countIf(request_id = '' AND toUnixTimestamp64Milli(time) % 1000 = 0) AS alike,
  toInt64(if(calls = 0, 0, quantileExact(0.5)(toUnixTimestamp(received) - toUnixTimestamp(time)))) AS lag_median,
  toInt64(if(calls = 0, 0, quantileExact(0.95)(toUnixTimestamp(received) - toUnixTimestamp(time)))) AS lag_p95,
  toInt64(if(calls = 0, 0, max(toUnixTimestamp(time) - toUnixTimestamp(received)))) AS ahead
FROM calls WHERE source = {source:String} AND received >= fromUnixTimestamp({since:Int64})`

const TEMPLATES = `
SELECT operation, count() AS n FROM calls
WHERE source = {source:String} AND received >= fromUnixTimestamp({since:Int64}) AND matched = 'inferred'
GROUP BY operation ORDER BY n DESC, operation LIMIT 5`

const HOPS = `
SELECT source AS other, count() AS n FROM calls
WHERE received >= fromUnixTimestamp({since:Int64}) AND source != {source:String} AND request_id IN
  (SELECT request_id FROM calls WHERE source = {source:String} AND received >= fromUnixTimestamp({since:Int64}) AND request_id != '')
GROUP BY source ORDER BY n DESC, source LIMIT 5`

/** What the calls of one source look like that were received from `since` (milliseconds UTC) on. */
export async function sourceFacts(clickhouse: ClickHouse, source: string, since: number): Promise<SourceFacts> {
  const asked = { source, since: Math.max(0, Math.floor(since / 1000)) }
  const [one] = await clickhouse.query(CALLS, asked, {
    calls: count,
    let_in: count,
    nobody: count,
    inferred: count,
    well: count,
    nets: count,
    weight: count,
    alike: count,
    lag_median: count,
    lag_p95: count,
    ahead: count,
  })
  if (one === undefined) throw new Error('an aggregate without GROUP BY has one row')
  const templates = await clickhouse.query(TEMPLATES, asked, { operation: text, n: count })
  const hops = await clickhouse.query(HOPS, asked, { other: text, n: count })
  return {
    calls: one.calls,
    letIn: one.let_in,
    nobody: one.nobody,
    inferred: one.inferred,
    well: one.well,
    networks: one.nets,
    weight: one.weight,
    alike: one.alike,
    lagMedian: one.lag_median,
    lagP95: one.lag_p95,
    ahead: one.ahead,
    templates: templates.map(({ operation, n }) => ({ operation, calls: n })),
    hops: hops.map(({ other, n }) => ({ source: other, calls: n })),
  }
}
