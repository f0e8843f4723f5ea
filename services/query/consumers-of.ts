import type { Catalogue, Deprecation } from '../domain/catalogue.ts'
import type { ConsumerUsage, OperationUsage } from '../domain/usage.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { count, list, pair, text } from '../platform/clickhouse-rows.ts'
import { askedNames, NAMED, namesParams, utcDay } from './names.ts'

const AGENTS = 10

/** Counts by consumer and operation: refused calls carry no consumer and are taken off the nameless. */
const BY_OPERATION = `
SELECT consumer, version, operation, sum(calls) - sum(refused) AS n,
  sumIf(calls - refused, day >= {week:Date} AND day < {today:Date}) AS n_week,
  sumIf(calls - refused, day >= {before:Date} AND day < {week:Date}) AS n_before,
  sumIf(calls - refused, day > {week:Date}) AS n_recent
FROM usage_daily
WHERE api = {api:String} AND ${NAMED} AND class = 'use' AND day <= {today:Date}
GROUP BY consumer, version, operation HAVING n > 0`

const SEEN = `
SELECT consumer, version, operation, toUnixTimestamp(min(first)) AS first_at, toUnixTimestamp(max(last_proven)) AS last_at
FROM usage_ever WHERE api = {api:String} AND ${NAMED} AND class = 'use' GROUP BY consumer, version, operation`

const BY_AGENT = `
SELECT consumer, arraySlice(arrayReverseSort(pair -> pair.2, groupArray((agent, n))), 1, ${AGENTS}) AS agents
FROM (
  SELECT consumer, agent, sum(calls) - sum(refused) AS n FROM usage_daily
  WHERE api = {api:String} AND ${NAMED} AND class = 'use' AND day <= {today:Date} GROUP BY consumer, agent HAVING n > 0
) GROUP BY consumer`

/**
 * Who still calls a deprecation: every consumer ever seen on it, most calls in the last 7 complete days first.
 * The thing becomes stored names, the consumer its customer, when the question is asked: history is right for
 * today's catalogue. `asOf` is milliseconds UTC; later days are left out.
 */
export async function consumersOf(clickhouse: ClickHouse, catalogue: Catalogue, deprecation: Deprecation, asOf: number): Promise<readonly ConsumerUsage[]> {
  const names = await askedNames(clickhouse, catalogue, deprecation.api, deprecation.thing)
  if (names === undefined) return []
  const params = { api: deprecation.api, ...namesParams(names), today: utcDay(asOf), week: utcDay(asOf, -7), before: utcDay(asOf, -14) }
  const [counts, seen, agents] = await Promise.all([
    clickhouse.query(BY_OPERATION, params, { consumer: text, version: text, operation: text, n: count, n_week: count, n_before: count, n_recent: count }),
    clickhouse.query(SEEN, params, { consumer: text, version: text, operation: text, first_at: count, last_at: count }),
    clickhouse.query(BY_AGENT, params, { consumer: text, agents: list(pair(text, count)) }),
  ])
  const instants = new Map(seen.map(row => [`${row.consumer}\0${row.version}\0${row.operation}`, row]))
  const agentsOf = new Map(agents.map(row => [row.consumer, row.agents.map(([agent, calls]) => ({ agent, calls }))]))
  const byConsumer = new Map<string, Gathered>()
  for (const row of counts) {
    const gathered = byConsumer.get(row.consumer) ?? { operations: [], week: 0, before: 0, recent: 0 }
    byConsumer.set(row.consumer, gathered)
    gathered.week += row.n_week
    gathered.before += row.n_before
    gathered.recent += row.n_recent
    const at = instants.get(`${row.consumer}\0${row.version}\0${row.operation}`)
    gathered.operations.push({ api: deprecation.api, version: row.version, operation: row.operation, calls: row.n, first: (at?.first_at ?? 0) * 1000, last: (at?.last_at ?? 0) * 1000 })
  }
  return [...byConsumer]
    .map(([consumer, gathered]) => usageOf(consumer, gathered, catalogue, agentsOf.get(consumer) ?? []))
    .sort((a, b) => b.calls7d - a.calls7d || b.calls - a.calls || (a.consumer < b.consumer ? -1 : 1))
}

interface Gathered {
  readonly operations: OperationUsage[]
  week: number
  before: number
  recent: number
}

function usageOf(consumer: string, gathered: Gathered, catalogue: Catalogue, agents: ConsumerUsage['agents']): ConsumerUsage {
  const operations = gathered.operations.sort((a, b) => b.calls - a.calls || (a.operation < b.operation ? -1 : 1))
  return {
    consumer,
    customer: catalogue.customers.byConsumer.get(consumer) ?? null,
    calls: operations.reduce((sum, one) => sum + one.calls, 0),
    first: Math.min(...operations.map(one => one.first)),
    last: Math.max(...operations.map(one => one.last)),
    calls7d: gathered.week,
    calls7dBefore: gathered.before,
    callsRecent: gathered.recent,
    operations,
    agents,
  }
}
