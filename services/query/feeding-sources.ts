import type { ClickHouse } from '../platform/clickhouse.ts'
import { text } from '../platform/clickhouse-rows.ts'
import { utcDay } from './names.ts'

/** Longest silence a source may keep and still count as one that feeds an API. */
const FEEDING_DAYS = 35

/** Sources that brought calls of an API in the 35 days up to `asOf` (milliseconds UTC): whoever of them is silent now makes silence no proof. */
export async function feedingSources(clickhouse: ClickHouse, api: string, asOf: number): Promise<readonly string[]> {
  const sql =
    'SELECT DISTINCT source FROM consumers_daily WHERE api = {api:String} AND day >= {since:Date} AND day <= {today:Date} ORDER BY source'
  const rows = await clickhouse.query(
    sql,
    { api, since: utcDay(asOf, -FEEDING_DAYS), today: utcDay(asOf) },
    { source: text },
  )
  return rows.map(row => row.source)
}
