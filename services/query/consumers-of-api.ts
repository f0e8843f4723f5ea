import type { ClickHouse } from '../platform/clickhouse.ts'
import { text } from '../platform/clickhouse-rows.ts'

/** Every consumer ever seen on an API, in order of its id: who an announcement to all its customers is for. */
export async function consumersOfApi(clickhouse: ClickHouse, api: string): Promise<readonly string[]> {
  const sql = `SELECT DISTINCT consumer FROM usage_ever WHERE api = {api:String} AND class = 'use' AND consumer != '' ORDER BY consumer`
  const rows = await clickhouse.query(sql, { api }, { consumer: text })
  return rows.map(row => row.consumer)
}
