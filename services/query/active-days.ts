import type { Catalogue, Deprecation } from '../domain/catalogue.ts'
import type { ActiveDay } from '../domain/usage.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { big, count, text } from '../platform/clickhouse-rows.ts'
import { askedNames, NAMED, namesParams } from './names.ts'

const DAYS = `
SELECT consumer, toString(day) AS on_day, sum(calls) - sum(refused) AS n, groupBitOr(slots) AS bits
FROM usage_daily
WHERE api = {api:String} AND ${NAMED} AND class = 'use' AND consumer != '' AND day >= {since:Date}
GROUP BY consumer, day HAVING bits != 0`

/** On which days each consumer used the old thing or its successor: what its rhythm and its migration state are read from. */
export async function activeDays(
  clickhouse: ClickHouse,
  catalogue: Catalogue,
  deprecation: Deprecation,
  sinceDay: string,
): Promise<readonly ActiveDay[]> {
  const [old, successor] = await Promise.all([
    daysOf(clickhouse, catalogue, deprecation, 'old', sinceDay),
    daysOf(clickhouse, catalogue, deprecation, 'successor', sinceDay),
  ])
  return [...old, ...successor]
}

async function daysOf(
  clickhouse: ClickHouse,
  catalogue: Catalogue,
  deprecation: Deprecation,
  side: ActiveDay['side'],
  since: string,
): Promise<ActiveDay[]> {
  const thing = side === 'old' ? deprecation.thing : deprecation.successor
  const names = await askedNames(clickhouse, catalogue, deprecation.api, thing)
  if (names === undefined) return []
  const rows = await clickhouse.query(
    DAYS,
    { api: deprecation.api, ...namesParams(names), since },
    { consumer: text, on_day: text, n: count, bits: big },
  )
  return rows.map(row => ({ consumer: row.consumer, side, day: row.on_day, calls: row.n, slots: row.bits }))
}
