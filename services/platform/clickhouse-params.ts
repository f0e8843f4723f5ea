/** What may stand for `{name:Type}` in a statement. No other way leads a value into SQL. */
export type Param = string | number | bigint | readonly string[] | readonly number[]
export type Params = Readonly<Record<string, Param>>

/**
 * `SET param_a = '…', param_b = '…'; ` before a statement, '' without parameters. For chdb only: its own binding
 * runs parameterised queries of a whole process one after another (measured: a `select 1` with a parameter waited
 * 2.3 s behind a slow one on another client), session parameters are each client's own.
 */
export function setParams(params: Params): string {
  const entries = Object.entries(params)
  if (entries.length === 0) return ''
  return `SET ${entries.map(([name, value]) => `param_${checkedName(name)} = ${quoted(paramText(value))}`).join(', ')}; `
}

/** A value in the escaped text form in which ClickHouse reads parameters (as `@clickhouse/client` sends them over HTTP). */
function paramText(value: Param): string {
  if (typeof value === 'string') return escaped(value)
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return `[${value.map(item => (typeof item === 'string' ? quoted(item) : String(item))).join(',')}]`
}

/** A text as a ClickHouse string literal. */
export function quoted(text: string): string {
  return `'${escaped(text)}'`
}

function escaped(text: string): string {
  return text.replace(/[\\'\0\n\r\t\b\f]/g, unit => ESCAPES.get(unit) ?? unit)
}

const ESCAPES = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['\0', '\\0'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\b', '\\b'],
  ['\f', '\\f'],
])

function checkedName(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,40}$/i.test(name)) throw new Error(`not a parameter name: ${name}`)
  return name
}
