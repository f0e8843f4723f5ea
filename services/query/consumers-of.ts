import type { Catalogue, Deprecation } from '../domain/catalogue.ts'
import type { Names } from '../domain/things.ts'
import type { ConsumerUsage, OperationUsage } from '../domain/usage.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { count, list, pair, text } from '../platform/clickhouse-rows.ts'
import { askedNames, NAMED, namesParams, utcDay } from './names.ts'

const AGENTS = 10

/** Refused calls carry no consumer and are taken off the nameless. */
const EVER = `
SELECT consumer, version, operation, sum(calls) - sum(refused) AS n,
  toUnixTimestamp(min(first_proven)) AS first_at, toUnixTimestamp(max(last_proven)) AS last_at
FROM usage_ever WHERE api = {api:String} AND ${NAMED} AND class = 'use'
GROUP BY consumer, version, operation HAVING n > 0`

const WEEKS = `
SELECT consumer, sumIf(calls - refused, day >= {week:Date} AND day < {today:Date}) AS n_week,
  sumIf(calls - refused, day < {week:Date}) AS n_before, sumIf(calls - refused, day > {week:Date}) AS n_recent
FROM usage_daily
WHERE api = {api:String} AND ${NAMED} AND class = 'use' AND day >= {before:Date} AND day <= {today:Date}
GROUP BY consumer`

const BY_AGENT = `
SELECT consumer, arraySlice(arraySort(pair -> (-pair.2, pair.1), groupArray((agent, n))), 1, ${AGENTS}) AS agents
FROM (
  SELECT consumer, agent, sum(calls) - sum(refused) AS n FROM usage_daily
  WHERE api = {api:String} AND ${NAMED} AND class = 'use' GROUP BY consumer, agent HAVING n > 0
) GROUP BY consumer`

/**
 * Who still calls a deprecation: every consumer ever seen on it, most calls in the last 7 complete days first.
 * The thing becomes stored names, the consumer its customer, when the question is asked: history is right for
 * today's catalogue. `asOf` (milliseconds UTC) says which days are the last 7; agents are those of 25 months.
 */
export async function consumersOf(
  clickhouse: ClickHouse,
  catalogue: Catalogue,
  deprecation: Deprecation,
  asOf: number,
  which: keyof Names = 'exact',
): Promise<readonly ConsumerUsage[]> {
  const { api, thing } = deprecation
  const names = await askedNames(clickhouse, catalogue, api, thing, which)
  if (names === undefined) return []
  const named = { api, ...namesParams(names) }
  const weeks = { ...named, today: utcDay(asOf), week: utcDay(asOf, -7), before: utcDay(asOf, -14) }
  const [ever, recent, agents] = await Promise.all([
    clickhouse.query(EVER, named, EVER_ROW),
    clickhouse.query(WEEKS, weeks, { consumer: text, n_week: count, n_before: count, n_recent: count }),
    clickhouse.query(BY_AGENT, named, { consumer: text, agents: list(pair(text, count)) }),
  ])
  const weeksOf = new Map(recent.map(row => [row.consumer, row]))
  const agentsOf = new Map(agents.map(row => [row.consumer, row.agents]))
  const operationsOf = new Map<string, OperationUsage[]>()
  for (const { consumer, version, operation, n, first_at, last_at } of ever) {
    const usage = { api, version, operation, calls: n, first: first_at * 1000, last: last_at * 1000 }
    const gathered = operationsOf.get(consumer)
    if (gathered === undefined) operationsOf.set(consumer, [usage])
    else gathered.push(usage)
  }
  return [...operationsOf]
    .map(([consumer, operations]): ConsumerUsage => {
      const week = weeksOf.get(consumer)
      return {
        consumer,
        customer: catalogue.customers.byConsumer.get(consumer) ?? null,
        calls: operations.reduce((sum, one) => sum + one.calls, 0),
        first: Math.min(...operations.map(one => one.first)),
        last: Math.max(...operations.map(one => one.last)),
        calls7d: week?.n_week ?? 0,
        calls7dBefore: week?.n_before ?? 0,
        callsRecent: week?.n_recent ?? 0,
        operations: operations.sort((a, b) => b.calls - a.calls || (nameOf(a) < nameOf(b) ? -1 : 1)),
        agents: (agentsOf.get(consumer) ?? []).map(([agent, calls]) => ({ agent, calls })),
      }
    })
    .sort((a, b) => b.calls7d - a.calls7d || b.calls - a.calls || (a.consumer < b.consumer ? -1 : 1))
}

const EVER_ROW = { consumer: text, version: text, operation: text, n: count, first_at: count, last_at: count }

const nameOf = (usage: OperationUsage): string => `${usage.operation}\0${usage.version}`
