import type { ConsumerOperation } from '../domain/usage.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { count, text } from '../platform/clickhouse-rows.ts'

const CALLED = `
SELECT api, version, operation, toString(class) AS of_class, sum(calls) - sum(refused) AS n,
  toUnixTimestamp(min(first_proven)) AS first_at, toUnixTimestamp(max(last_proven)) AS last_at
FROM usage_ever WHERE consumer = {consumer:String}
GROUP BY api, version, operation, class HAVING n > 0 ORDER BY n DESC, api, version, operation, of_class`

/** What one consumer ever called, most calls first. Nobody ('') is not a consumer: no rows. */
export async function consumerOperations(
  clickhouse: ClickHouse,
  consumer: string,
): Promise<readonly ConsumerOperation[]> {
  if (consumer === '') return []
  const shape = { api: text, version: text, operation: text, of_class: text, n: count, first_at: count, last_at: count }
  const rows = await clickhouse.query(CALLED, { consumer }, shape)
  return rows.map(({ api, version, operation, of_class, n, first_at, last_at }) => ({
    api,
    version,
    operation,
    class: of_class === 'test' ? 'test' : 'use',
    calls: n,
    first: first_at * 1000,
    last: last_at * 1000,
  }))
}
