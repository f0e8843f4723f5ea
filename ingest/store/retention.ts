import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { text } from '../../services/platform/clickhouse-rows.ts'

/** How long tables keep what they hold; 'off' keeps everything, for oracles that compare tables. */
export type Retention =
  | { readonly callsDays: number; readonly usageMonths: number; readonly headersMonths: number }
  | 'off'

/** Sets the time to live of the tables that have one, where it is another than wanted. Nothing is rewritten for it. */
export async function applyRetention(clickhouse: ClickHouse, retention: Retention): Promise<void> {
  const tables = await clickhouse.query(
    'SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND name IN {names:Array(String)}',
    { names: [...wanted(retention).keys()] },
    { name: text, engine_full: text },
  )
  for (const { name, engine_full } of tables) {
    const ttl = wanted(retention).get(name)
    const stands = / TTL (.*?)(?: SETTINGS |$)/.exec(engine_full)?.[1]
    if (stands === ttl) continue
    const change = ttl === undefined ? 'REMOVE TTL' : `MODIFY TTL ${ttl}`
    await clickhouse.command(`ALTER TABLE ${name} ${change} SETTINGS materialize_ttl_after_modify = 0`)
  }
}

/** As ClickHouse writes them back, so that they compare. */
function wanted(retention: Retention): ReadonlyMap<string, string | undefined> {
  const months = (column: string, many: number) => `${column} + toIntervalMonth(${whole(many)})`
  const off = retention === 'off'
  return new Map([
    ['calls', off ? undefined : `toDateTime(time) + toIntervalDay(${whole(retention.callsDays)})`],
    ['usage_daily', off ? undefined : months('day', retention.usageMonths)],
    ['consumers_daily', off ? undefined : months('day', retention.usageMonths)],
    ['headers_daily', off ? undefined : months('day', retention.headersMonths)],
    ['sources_hourly', off ? undefined : months('hour', retention.usageMonths)],
  ])
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`not a number of days or months: ${value}`)
  return value
}
