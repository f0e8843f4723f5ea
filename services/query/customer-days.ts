import type { Catalogue } from '../domain/catalogue.ts'
import { routesOf } from '../domain/routes.ts'
import { namesOf, type StoredName } from '../domain/things.ts'
import type { CustomerDay } from '../domain/usage.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { count, text } from '../platform/clickhouse-rows.ts'

/** What these consumers ever called: a small answer that makes the next question an index look-up. */
const CALLED = `
SELECT DISTINCT api, version, operation FROM usage_ever
WHERE consumer IN {consumers:Array(String)} AND class = 'use'`

const DAYS = `
SELECT api, version, operation, consumer, toString(day) AS on_day, sum(calls) - sum(refused) AS n
FROM usage_daily
WHERE api IN {apis:Array(String)} AND version IN {versions:Array(String)} AND operation IN {operations:Array(String)}
  AND consumer IN {consumers:Array(String)} AND class = 'use' AND day >= {since:Date}
GROUP BY api, version, operation, consumer, day HAVING n > 0 ORDER BY day`

/** One customer's days on every deprecation, old thing and successor, by its consumers; `since` YYYY-MM-DD UTC. */
export async function customerDays(
  clickhouse: ClickHouse,
  catalogue: Catalogue,
  consumers: readonly string[],
  since: string,
): Promise<readonly CustomerDay[]> {
  if (consumers.length === 0) return []
  const called = await clickhouse.query(CALLED, { consumers }, { api: text, version: text, operation: text })
  const sides = sidesOf(catalogue, called)
  const asked = called.filter(row => sides.has(keyOf(row)))
  if (asked.length === 0) return []
  const rows = await clickhouse.query(
    DAYS,
    {
      apis: distinct(asked.map(row => row.api)),
      versions: distinct(asked.map(row => row.version)),
      operations: distinct(asked.map(row => row.operation)),
      consumers,
      since,
    },
    { api: text, version: text, operation: text, consumer: text, on_day: text, n: count },
  )
  const days = new Map<string, { -readonly [K in keyof CustomerDay]: CustomerDay[K] }>()
  for (const row of rows) {
    for (const { deprecation, side } of sides.get(keyOf(row)) ?? []) {
      const key = `${deprecation}\0${side}\0${row.consumer}\0${row.on_day}`
      const day = days.get(key)
      if (day !== undefined) day.calls += row.n
      else days.set(key, { deprecation, side, consumer: row.consumer, day: row.on_day, calls: row.n })
    }
  }
  return [...days.values()]
}

type Called = StoredName & { readonly api: string }
type Side = Pick<CustomerDay, 'deprecation' | 'side'>

/** Which sides of which deprecations a stored name is: a call may touch several. */
function sidesOf(catalogue: Catalogue, called: readonly Called[]): Map<string, Side[]> {
  const sides = new Map<string, Side[]>()
  for (const { id, api, thing, successor } of catalogue.deprecations.values()) {
    const stored = called.filter(row => row.api === api)
    for (const [side, one] of [
      ['old', thing],
      ['successor', successor],
    ] as const) {
      if (one === undefined) continue
      for (const name of namesOf(one, routesOf(catalogue, api), stored).exact) {
        const key = keyOf({ api, ...name })
        const known = sides.get(key)
        if (known === undefined) sides.set(key, [{ deprecation: id, side }])
        else known.push({ deprecation: id, side })
      }
    }
  }
  return sides
}

const keyOf = (row: Called): string => `${row.api}\0${row.version}\0${row.operation}`
const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)]
