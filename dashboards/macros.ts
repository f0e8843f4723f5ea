/** The state of a dashboard that a query is expanded for. Instants and the interval are milliseconds, UTC. */
export interface DashboardView {
  readonly from: number
  readonly to: number
  readonly interval: number
  /** Chosen values by variable; `'all'` is the choice "All", which stands for every one of `options`. */
  readonly variables: ReadonlyMap<string, Chosen>
}
export interface Chosen {
  readonly options: readonly string[]
  readonly chosen: readonly string[] | 'all'
}

/**
 * Turns a panel's SQL into what ClickHouse gets, as Grafana and the macros of its official ClickHouse data source do
 * (documentation of grafana-clickhouse-datasource 4.14, "Macros"): first `$__conditionalAll`, then variables, then
 * the rest, innermost first. Arguments stand in `()` or `{}`.
 *
 * @throws Error on a macro or variable nobody knows, a wrong number of arguments, and on the macros that write a
 * whole statement (`$__columns` and its kin), which no dashboard here uses.
 */
export function expand(sql: string, view: DashboardView): string {
  const chosen = replaceCalls(sql, name => (name === 'conditionalAll' ? args => conditionalAll(args, view) : undefined))
  return replaceCalls(variables(chosen, view), name => {
    const macro = MACROS.get(name)
    if (macro === undefined) throw new Error(`unknown macro $__${name}`)
    return args => {
      if (args.length !== macro.takes) throw new Error(`$__${name} takes ${macro.takes} arguments, not ${args.length}`)
      return macro.write(view, args[0] ?? '', args[1] ?? '')
    }
  })
}

interface Macro {
  readonly takes: 0 | 1 | 2
  write(view: DashboardView, first: string, second: string): string
}

const seconds = (instant: number): string => `toDateTime(${Math.floor(instant / 1000)})`
const millis = (instant: number): string => `fromUnixTimestamp64Milli(${Math.floor(instant)})`
const date = (instant: number): string =>
  `toDate('${Temporal.Instant.fromEpochMilliseconds(Math.floor(instant)).toString().slice(0, 10)}')`
const between = (column: string, from: string, to: string): string => `${column} >= ${from} AND ${column} <= ${to}`
const inSeconds = (interval: number): number => Math.max(Math.floor(interval / 1000), 1)

const dates: Macro = { takes: 1, write: (view, column) => between(column, date(view.from), date(view.to)) }
const times: Macro = { takes: 1, write: (view, column) => between(column, seconds(view.from), seconds(view.to)) }
const both: Macro = {
  takes: 2,
  write: (view, day, time) => `(${dates.write(view, day, '')}) AND (${times.write(view, time, '')})`,
}

const MACROS = new Map<string, Macro>([
  ['dateFilter', dates],
  ['timeFilter', times],
  ['timeFilter_ms', { takes: 1, write: (view, column) => between(column, millis(view.from), millis(view.to)) }],
  ['dateTimeFilter', both],
  ['dt', both],
  ['timeFrom', { takes: 1, write: (view, column) => `${column} >= ${seconds(view.from)}` }],
  ['timeTo', { takes: 1, write: (view, column) => `${column} <= ${seconds(view.to)}` }],
  ['fromTime', { takes: 0, write: view => seconds(view.from) }],
  ['toTime', { takes: 0, write: view => seconds(view.to) }],
  ['fromTime_ms', { takes: 0, write: view => millis(view.from) }],
  ['toTime_ms', { takes: 0, write: view => millis(view.to) }],
  ['interval_s', { takes: 0, write: view => String(inSeconds(view.interval)) }],
  ['timeInterval', { takes: 1, write: (view, column) => bucket(column, inSeconds(view.interval)) }],
  [
    'timeInterval_ms',
    {
      takes: 1,
      write: (view, column) =>
        `toStartOfInterval(toDateTime64(${column}, 3), INTERVAL ${Math.max(Math.floor(view.interval), 1)} millisecond)`,
    },
  ],
  ['timeGroup', { takes: 2, write: (_, column, period) => bucket(column, inSeconds(duration(period))) }],
])

const bucket = (column: string, width: number): string =>
  `toStartOfInterval(toDateTime(${column}), INTERVAL ${width} second)`

const UNITS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
])

/** `5m` or `'5m'` in milliseconds. */
function duration(text: string): number {
  const [, amount, unit] = /^'?(\d{1,9})(ms|[smhdw])'?$/.exec(text) ?? []
  const size = UNITS.get(unit ?? '')
  if (size === undefined) throw new Error(`not a duration: ${text}`)
  return Number(amount) * size
}

/** The condition, or what is always true when the variable stands at "All" or has no choice. */
function conditionalAll(args: readonly string[], view: DashboardView): string {
  const [condition, name] = args
  if (condition === undefined || name === undefined || args.length !== 2)
    throw new Error(`$__conditionalAll takes 2 arguments, not ${args.length}`)
  // With a format behind the name the data source does not see the choice "All".
  const found = /^\$(?:(\w+)|\{(\w+)\})$/.exec(name)
  if (found === null) throw new Error(`$__conditionalAll takes a plain variable, not ${name}`)
  const { chosen } = variable(found[1] ?? found[2] ?? '', view)
  return chosen === 'all' || chosen.length === 0 ? '1=1' : condition
}

/** `${name:singlequote}`, the one format the dashboards use: a list of quoted values that cannot end a literal. */
function variables(sql: string, view: DashboardView): string {
  return sql.replaceAll(/\$(?:\{(\w+)(?::(\w+))?\}|(?!__)(\w+))/g, (whole, braced, format, plain) => {
    const { options, chosen } = variable(braced ?? plain, view)
    if (format !== 'singlequote') throw new Error(`${whole}: write \${${braced ?? plain}:singlequote}`)
    return (chosen === 'all' ? options : chosen).map(value => `'${value.replaceAll("'", "\\'")}'`).join(',')
  })
}

function variable(name: string, view: DashboardView): Chosen {
  const found = view.variables.get(name)
  if (found === undefined) throw new Error(`unknown variable ${name}`)
  return found
}

/** Replaces macro calls, the last one first, so that what stands inside another is done before it. */
function replaceCalls(sql: string, of: (name: string) => ((args: readonly string[]) => string) | undefined): string {
  let result = sql
  for (let at = result.lastIndexOf('$__'); at >= 0; at = at === 0 ? -1 : result.lastIndexOf('$__', at - 1)) {
    const name = /^\w*/.exec(result.slice(at + 3))?.[0] ?? ''
    const write = of(name)
    if (write === undefined) continue
    const { args, end } = argumentsAt(result, at + 3 + name.length)
    result = result.slice(0, at) + write(args) + result.slice(end)
  }
  return result
}

const CLOSING = new Map([
  ['(', ')'],
  ['{', '}'],
  ['[', ']'],
])

/** Arguments from an opening bracket on; without one there are none. Commas in brackets and quotes divide nothing. */
function argumentsAt(sql: string, start: number): { readonly args: readonly string[]; readonly end: number } {
  const opening = sql[start]
  if (opening !== '(' && opening !== '{') return { args: [], end: start }
  const args: string[] = []
  const open: string[] = []
  let quote = ''
  let from = start + 1
  for (let at = start; at < sql.length; at += 1) {
    const char = sql[at] ?? ''
    if (quote !== '') {
      if (char === '\\') at += 1
      else if (char === quote) quote = ''
      continue
    }
    const closing = CLOSING.get(char)
    if (char === "'" || char === '"' || char === '`') quote = char
    else if (closing !== undefined) open.push(closing)
    else if (char === open.at(-1)) open.pop()
    else if (char === ',' && open.length === 1) {
      args.push(sql.slice(from, at).trim())
      from = at + 1
    }
    if (open.length === 0) {
      const last = sql.slice(from, at).trim()
      return { args: last === '' && args.length === 0 ? [] : [...args, last], end: at + 1 }
    }
  }
  throw new Error(`a macro's arguments do not end: ${sql.slice(start, start + 60)}`)
}
