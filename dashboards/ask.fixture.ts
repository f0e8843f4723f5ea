import type { ClickHouse } from '../services/platform/clickhouse.ts'
import { text } from '../services/platform/clickhouse-rows.ts'

export interface Answer {
  /** Names and ClickHouse types, in order. */
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** Values by column; numbers that ClickHouse writes as text are numbers here. */
  readonly rows: readonly ReadonlyMap<string, unknown>[]
}

/** Runs a statement of unknown shape: what a panel would get. */
export async function ask(clickhouse: ClickHouse, sql: string): Promise<Answer> {
  const columns = await clickhouse.query(`DESCRIBE TABLE (${sql})`, {}, { name: text, type: text })
  const shape = Object.fromEntries(columns.map(({ name, type }) => [name, (value: unknown) => readValue(type, value)]))
  const rows = await clickhouse.query(sql, {}, shape)
  return { columns, rows: rows.map(row => new Map(Object.entries(row))) }
}

const NUMBER = /^(?:Nullable\()?(?:U?Int|Float)\d+\)?$/
const TIME = /^(?:Nullable\()?DateTime(?:64)?\b/

/** Numbers as numbers, times as milliseconds UTC, anything else as it came. */
function readValue(type: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (NUMBER.test(type)) return Number(value)
  if (TIME.test(type)) return Date.parse(`${value.replace(' ', 'T')}Z`)
  return value
}

export const isNumber = (type: string): boolean => NUMBER.test(type)
export const isTime = (type: string): boolean => TIME.test(type)
