import type { Catalogue, Deprecation } from '../domain/catalogue.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { count, text } from '../platform/clickhouse-rows.ts'
import { askedNames, NAMED, namesParams } from './names.ts'

const BY_DAY = `
SELECT toString(day) AS on_day, uniqExactIf(consumer, consumer != '' AND slots != 0) AS consumers, sum(calls) - sum(refused) AS n
FROM usage_daily
WHERE api = {api:String} AND ${NAMED} AND class = 'use' AND day >= {since:Date} AND day <= {until:Date}
GROUP BY day ORDER BY day`

/** How many consumers used the old thing on each UTC day, first and last day included; days without a call are left out. */
export async function consumersLeftByDay(
  clickhouse: ClickHouse,
  catalogue: Catalogue,
  deprecation: Deprecation,
  since: string,
  until: string,
) {
  const names = await askedNames(clickhouse, catalogue, deprecation.api, deprecation.thing)
  if (names === undefined) return []
  const rows = await clickhouse.query(
    BY_DAY,
    { api: deprecation.api, ...namesParams(names), since, until },
    { on_day: text, consumers: count, n: count },
  )
  return rows.map(row => ({ day: row.on_day, consumers: row.consumers, calls: row.n }))
}
