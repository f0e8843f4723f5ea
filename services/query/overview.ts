import type { Catalogue } from '../domain/catalogue.ts'
import { routesOf } from '../domain/routes.ts'
import { namesOf } from '../domain/things.ts'
import type { DeprecationUsage } from '../domain/usage.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { count, list, text } from '../platform/clickhouse-rows.ts'
import { utcDay } from './names.ts'

/** Two small answers for all deprecations together: what is joined to them is joined in code. */
const EVER = `
SELECT api, version, operation, sum(calls) - sum(refused) AS n, toUnixTimestamp(max(last_proven)) AS last_at,
  groupUniqArrayIf(consumer, consumer != '') AS consumers
FROM usage_ever WHERE api IN {apis:Array(String)} AND class = 'use' GROUP BY api, version, operation`

const WEEKS = `
SELECT api, version, operation, sumIf(calls - refused, day >= {week:Date} AND day < {today:Date}) AS n_week,
  sumIf(calls - refused, day < {week:Date}) AS n_before,
  groupUniqArrayIf(consumer, consumer != '' AND slots != 0 AND day >= {week:Date}) AS consumers
FROM usage_daily WHERE api IN {apis:Array(String)} AND class = 'use' AND day >= {before:Date} AND day <= {today:Date}
GROUP BY api, version, operation`

/** Where every deprecation's usage stands as of an instant (milliseconds UTC), in two queries however many there are. */
export async function overview(
  clickhouse: ClickHouse,
  catalogue: Catalogue,
  asOf: number,
): Promise<readonly DeprecationUsage[]> {
  const apis = [...new Set([...catalogue.deprecations.values()].map(one => one.api))]
  const days = { today: utcDay(asOf), week: utcDay(asOf, -7), before: utcDay(asOf, -14) }
  const stored = { api: text, version: text, operation: text, consumers: list(text) }
  const [ever, weeks] = await Promise.all([
    clickhouse.query(EVER, { apis }, { ...stored, n: count, last_at: count }),
    clickhouse.query(WEEKS, { apis, ...days }, { ...stored, n_week: count, n_before: count }),
  ])
  const rowsOf = Map.groupBy(ever, row => row.api)
  const weekOf = new Map(weeks.map(row => [keyOf(row), row]))
  return [...catalogue.deprecations.values()]
    .filter(({ thing }) => thing.kind === 'operation' || thing.kind === 'version')
    .map(({ id, api, thing }) => {
      const rows = namesOf(thing, routesOf(catalogue, api), rowsOf.get(api) ?? []).exact
      const names = new Set(rows.map(keyOf))
      const all = (rowsOf.get(api) ?? []).filter(row => names.has(keyOf(row)))
      const recent = all.flatMap(row => weekOf.get(keyOf(row)) ?? [])
      const sum = <T>(of: readonly T[], value: (row: T) => number) => of.reduce((total, row) => total + value(row), 0)
      return {
        deprecation: id,
        consumersEver: new Set(all.flatMap(row => row.consumers)).size,
        consumers7d: new Set(recent.flatMap(row => row.consumers)).size,
        calls: sum(all, row => row.n),
        calls7d: sum(recent, row => row.n_week),
        calls7dBefore: sum(recent, row => row.n_before),
        last: Math.max(0, ...all.map(row => row.last_at)) * 1000,
      }
    })
}

const keyOf = (row: { readonly version: string; readonly operation: string }): string =>
  `${row.version}\0${row.operation}`
