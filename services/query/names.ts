import type { Catalogue, Thing } from '../domain/catalogue.ts'
import { routesOf } from '../domain/routes.ts'
import { type Names, namesOf, type StoredName } from '../domain/things.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { text } from '../platform/clickhouse-rows.ts'

/** Names a question asks for, as the arrays its statement takes. Empty: the answer is empty without asking. */
export interface AskedNames {
  readonly versions: readonly string[]
  readonly operations: readonly string[]
  /** `version\0operation`, since a version of one name must not meet an operation of another. */
  readonly pairs: readonly string[]
}

/** The condition that goes with `namesParams`: the first two use the sort order, the third is exact. */
export const NAMED = `version IN {versions:Array(String)} AND operation IN {operations:Array(String)} AND concat(version, '\\0', operation) IN {pairs:Array(String)}`

/** Every (version, operation) that calls of an API are stored under. */
export async function storedNames(clickhouse: ClickHouse, api: string): Promise<readonly StoredName[]> {
  return clickhouse.query(
    'SELECT DISTINCT version, operation FROM usage_ever WHERE api = {api:String}',
    { api },
    { version: text, operation: text },
  )
}

/** Resolves a thing to names in code, before the query: constants are an index look-up, a subquery is not (3 against 22 ms). */
export async function askedNames(
  clickhouse: ClickHouse,
  catalogue: Catalogue,
  api: string,
  thing: Thing | undefined,
  which: keyof Names = 'exact',
): Promise<AskedNames | undefined> {
  if (thing === undefined || thing.kind === 'field' || thing.kind === 'error-code') return undefined
  const names = namesOf(thing, routesOf(catalogue, api), await storedNames(clickhouse, api))[which]
  if (names.length === 0) return undefined
  return {
    versions: [...new Set(names.map(name => name.version))],
    operations: [...new Set(names.map(name => name.operation))],
    pairs: names.map(name => `${name.version}\0${name.operation}`),
  }
}

export const namesParams = (
  names: AskedNames,
): { versions: readonly string[]; operations: readonly string[]; pairs: readonly string[] } => ({ ...names })

/** UTC date of an instant (milliseconds), moved by whole days, YYYY-MM-DD. */
export function utcDay(instant: number, plus = 0): string {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(instant))
    .toZonedDateTimeISO('UTC')
    .toPlainDate()
    .add({ days: plus })
    .toString()
}
