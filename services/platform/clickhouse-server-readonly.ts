import { randomUUID } from 'node:crypto'
import { answer, formatOf } from './clickhouse-server-answer.ts'
import { type Engine, openEngine } from './clickhouse-server-engine.ts'
import { ServerFault } from './clickhouse-server-fault.ts'
import { type ClickHouseServer, listen } from './clickhouse-server-http.ts'
import { checkLogin, forDriver, type Login, readBody, readHead } from './clickhouse-server-request.ts'
import { refuseUnlessReading } from './clickhouse-server-screen.ts'

/** What one question may cost. */
export interface ReadLimits {
  readonly seconds: number
  /** Of the question, its answer included. */
  readonly memoryBytes: number
  /** Rows and bytes of tables read. */
  readonly rowsRead: number
  readonly bytesRead: number
  /** Rows and bytes answered. */
  readonly rows: number
  readonly bytes: number
}

export const READ_LIMITS: ReadLimits = {
  seconds: 30,
  memoryBytes: 1_000_000_000,
  rowsRead: 2_000_000_000,
  bytesRead: 50_000_000_000,
  rows: 500_000,
  bytes: 64 * 1024 * 1024,
}

export interface ReadOnlyOptions {
  /** The store's folder, which this process holds open by `openClickHouse`. */
  readonly folder: string
  /** On the loopback address; 0: any free one. */
  readonly port: number
  /** Left out: whoever is on this machine may read, by any name. */
  readonly login?: Login
  readonly limits?: Partial<ReadLimits>
  /** Questions at one time, 2 by default: each takes one of libuv's threads. */
  readonly reading?: number
}

/** Settings of a request that are applied: they shape an answer. Others are left out in silence, as drivers send many. */
const SHAPING = new Set([
  ...['output_format_json_quote_64bit_integers', 'output_format_json_quote_denormals', 'date_time_output_format'],
  ...['output_format_json_named_tuples_as_objects', 'output_format_write_statistics', 'session_timezone', 'extremes'],
])

/**
 * Lets tools that speak ClickHouse's HTTP interface (Grafana's data source) look into the store of this process:
 * only from this machine, nothing but reading its tables, within limits. Close it before the store.
 */
export async function readOnlyClickHouse(options: ReadOnlyOptions): Promise<ClickHouseServer> {
  const limits = { ...READ_LIMITS, ...options.limits }
  const engine = openEngine({ folder: options.folder, reading: options.reading ?? 2, writing: 1 })
  const tableFunctions = await tableFunctionsOf(engine)
  const server = await listen(options.port, async (request, response, url) => {
    const head = readHead(request, url)
    if (options.login !== undefined) checkLogin(head, options.login)
    response.setHeader('X-ClickHouse-Query-Id', head.queryId ?? randomUUID())
    const asked = await readBody(request, head, { rows: undefined, maxRows: 0 })
    // What was looked at is what runs: one statement, as the engine itself writes it.
    const sql = await formatted(engine, forDriver(asked.sql))
    refuseUnlessReading(sql, tableFunctions)
    const format = formatOf(sql, asked.format)
    const settings = new Map([...asked.settings].filter(([name]) => SHAPING.has(name)))
    const { database, params } = asked
    const result = await engine.run({ sql, database, params, settings, format, limits: engineLimits(limits) }, 'read')
    if (result.bytes.byteLength > limits.bytes) {
      throw new ServerFault(396, 'TOO_MANY_ROWS_OR_BYTES', `Limit for result exceeded, max bytes: ${limits.bytes}`)
    }
    await answer(request, response, result, { format, compress: asked.compress, written: false })
  }).catch(async (error: unknown) => {
    await engine.close()
    throw error
  })
  return {
    port: server.port,
    async close() {
      await server.close()
      await engine.close()
    },
  }
}

const NOTHING: ReadonlyMap<string, string> = new Map()
const OWN = { database: '', settings: NOTHING, params: NOTHING, format: 'TSVRaw' }

async function tableFunctionsOf(engine: Engine): Promise<ReadonlySet<string>> {
  const { bytes } = await engine.run({ ...OWN, sql: 'SELECT lower(name) FROM system.table_functions' }, 'read')
  return new Set(Buffer.from(bytes).toString('utf8').split('\n'))
}

/** One statement in the engine's own spelling. Throws SYNTAX_ERROR for several, or for none. */
async function formatted(engine: Engine, sql: string): Promise<string> {
  const params = new Map([['statement', escapedText(sql)]])
  const statement = { ...OWN, params, sql: 'SELECT formatQuerySingleLine({statement:String})' }
  const { bytes } = await engine.run(statement, 'read')
  return Buffer.from(bytes).toString('utf8').trimEnd()
}

/** As parameters are written in a URL: the escapes of tab-separated text. */
function escapedText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\0', '\\0')
}

function engineLimits(limits: ReadLimits): Readonly<Record<string, string | number>> {
  return {
    max_execution_time: limits.seconds,
    timeout_overflow_mode: 'throw',
    max_memory_usage: limits.memoryBytes,
    max_rows_to_read: limits.rowsRead,
    max_bytes_to_read: limits.bytesRead,
    read_overflow_mode: 'throw',
    max_result_rows: limits.rows,
    max_result_bytes: limits.bytes,
    result_overflow_mode: 'throw',
    readonly: 1,
  }
}
