import type { Params } from './clickhouse-params.ts'
import type { RowOf, Shape } from './clickhouse-rows.ts'

/** Settings of a statement: names and values of our own code, never of a user. */
export type Settings = Readonly<Record<string, string | number>>

/** Rows as ClickHouse Native blocks, to be sent through one `INSERT … SELECT`. All texts of SQL are our own. */
export interface NativeInsert {
  readonly into: string
  /** Target columns, in the order of `select`. */
  readonly columns: readonly string[]
  /** Expressions over the columns of `structure`. */
  readonly select: readonly string[]
  /** Names and types of the columns in the blocks; one that a block lacks reads as its type's default. */
  readonly structure: string
  readonly where?: string
  readonly settings: Settings
  /** Native blocks, one after another, cut anywhere; as they come, where there is more than memory should hold. */
  readonly blocks: readonly Uint8Array[] | AsyncIterable<Uint8Array>
}

/**
 * ClickHouse, wherever it runs. Values enter a statement as parameters `{name:Type}` only. Every method throws an
 * LcError with a kind (clickhouse-errors.ts): LC_STORE_DOWN, LC_STORE_SCHEMA, LC_STORE_REFUSED.
 */
export interface ClickHouse {
  readonly embedded: boolean
  /** Asks; answers with rows read by `shape`. Limited in time, memory and rows. */
  query<S extends Shape>(sql: string, params: Params, shape: S): Promise<readonly RowOf<S>[]>
  /** Anything without an answer: DDL, small inserts. */
  command(sql: string, params?: Params): Promise<void>
  insertNative(insert: NativeInsert): Promise<void>
  close(): Promise<void>
}

export type ClickHouseSettings =
  | { readonly embedded: { readonly folder: string } }
  | { readonly url: string; readonly user: string; readonly password: string; readonly database: string }

/**
 * Opens ClickHouse: in this process on `folder`, or a server over HTTP. Throws LC_DATA_LOCKED when another process
 * holds the folder, LC_DATA_FOLDER when it cannot be used.
 */
export async function openClickHouse(settings: ClickHouseSettings): Promise<ClickHouse> {
  // Loaded when wanted: chdb takes 200 MB and half a second that a collector has no use for.
  if ('embedded' in settings) return (await import('./clickhouse-embedded.ts')).openEmbedded(settings.embedded.folder)
  return (await import('./clickhouse-http.ts')).openHttp(settings)
}

/** What one question may cost. A question that needs more is wrong, not unlucky. */
export const QUESTION_LIMITS = {
  max_execution_time: 60,
  max_memory_usage: '2000000000',
  output_format_json_quote_64bit_integers: 1,
} as const

/** The statement without its source of rows: `${head} FROM <source> ${tail}`. */
export function insertStatement(insert: NativeInsert): { readonly head: string; readonly tail: string } {
  const settings = Object.entries(insert.settings).map(
    ([name, value]) => `${name} = ${typeof value === 'number' ? value : literal(value)}`,
  )
  return {
    head: `INSERT INTO ${insert.into} (${insert.columns.map(name => `\`${name}\``).join(', ')}) SETTINGS ${settings.join(', ')} SELECT ${insert.select.join(', ')}`,
    tail: insert.where === undefined ? '' : `WHERE ${insert.where}`,
  }
}

/** A setting's text: tokens and names only, so nothing needs escaping. */
function literal(value: string): string {
  if (!/^[\w.:+-]{0,200}$/.test(value)) throw new Error(`not a setting's value: ${value}`)
  return `'${value}'`
}
