import { createHash, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { isLocalRequest } from './access.ts'
import { quoted } from './clickhouse-params.ts'
import { ServerEngine } from './clickhouse-server-engine.ts'
import { headerOf, RequestFault, readRequest, type ServerRequest } from './clickhouse-server-request.ts'

export interface ClickHouseServerOptions {
  /** ClickHouse's own folder; nobody else may hold it, but this process's embedded clients may. */
  readonly folder: string
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Nothing but questions, under limits that a request cannot change. */
  readonly readonly: boolean
  /** Who may ask; undefined: anyone on this machine. */
  readonly login?: { readonly user: string; readonly passwordDigest: string }
  /** For tests: what shall go wrong with a statement. */
  readonly fault?: (sql: string) => ServerFault | undefined
}

export type ServerFault =
  /** The connection is cut before the statement runs, or after it ran. */
  | { readonly kind: 'cut-before' | 'cut-after' }
  | { readonly kind: 'error'; readonly status: number; readonly number: number; readonly message: string }
  | { readonly kind: 'slow'; readonly ms: number }

export interface ClickHouseServer {
  /** `http://127.0.0.1:8123` */
  readonly url: string
  close(): Promise<void>
}

const ASKING = 2
const BODY_BYTES = 1024 * 1024 * 1024
const WRITES =
  /^\s*(insert|create|alter|drop|truncate|rename|optimize|delete|system|attach|detach|exchange|grant|set)\b/i
/** Of the read-only server: what one question may cost. */
const READ_LIMITS =
  "SET max_execution_time = 30, max_result_rows = 100000, max_memory_usage = '2000000000', max_rows_to_read = 2000000000; SET readonly = 1"

const zip = promisify(gzip)

/**
 * ClickHouse's HTTP interface on loopback over the engine inside this process: as much of it as official clients and
 * Grafana's data source use. Rows go in through files, whole bodies at a time.
 */
export async function startClickHouseServer(options: ClickHouseServerOptions): Promise<ClickHouseServer> {
  const folder = resolve(options.folder)
  const spool = `${folder}-bodies`
  for (const path of [folder, spool]) mkdirSync(path, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(spool)) rmSync(join(spool, name), { force: true })
  const engine = new ServerEngine(folder, ASKING, options.readonly ? READ_LIMITS : '')
  const server = createServer((request, response) => {
    handle(request, response, options, engine, spool).catch(error => answerFault(response, error))
  })
  server.keepAliveTimeout = 30_000
  const { promise, resolve: listening, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(options.port, options.host, listening)
  await promise
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  return {
    url: `http://${options.host}:${port}`,
    async close() {
      const closed = new Promise<void>(done => server.close(() => done()))
      server.closeAllConnections()
      await closed
      await engine.close()
    },
  }
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: ClickHouseServerOptions,
  engine: ServerEngine,
  spool: string,
): Promise<void> {
  if (!isLocalRequest(request.socket.remoteAddress, request.headers)) throw new RequestFault(403, 195, 'Not from here')
  if (request.url === '/ping') return void response.end('Ok.\n')
  if (!allowed(request, options.login))
    throw new RequestFault(401, 516, 'Authentication failed. (AUTHENTICATION_FAILED)')
  const asked = await readRequest(request, spool, options.readonly ? 0 : BODY_BYTES)
  try {
    const fault = options.fault?.(asked.sql)
    if (fault?.kind === 'cut-before') return void request.socket.destroy()
    if (fault?.kind === 'error') throw new RequestFault(fault.status, fault.number, fault.message)
    if (fault?.kind === 'slow') await new Promise(done => setTimeout(done, fault.ms))
    // Limits of the read-only server are its own: a request changes none.
    const settings = options.readonly ? new Map<string, string>() : asked.settings
    const sql = asked.file === undefined ? asked.sql : await fromFile(asked, asked.file, engine)
    const result = await engine.run({ ...asked, sql, settings }, WRITES.test(sql))
    if (fault?.kind === 'cut-after') return void request.socket.destroy()
    await answer(response, asked, Buffer.from(result.bytes()), result.rowsRead, result.bytesRead)
  } finally {
    if (asked.file !== undefined) await rm(asked.file, { force: true })
  }
}

async function answer(
  response: ServerResponse,
  asked: ServerRequest,
  body: Buffer,
  rows: number,
  bytes: number,
): Promise<void> {
  const summary = { read_rows: String(rows), read_bytes: String(bytes), written_rows: '0', written_bytes: '0' }
  response.writeHead(200, {
    'content-type': 'text/plain; charset=UTF-8',
    'x-clickhouse-query-id': asked.queryId,
    'x-clickhouse-format': /\bformat\s+(\w+)\s*$/i.exec(asked.sql)?.[1] ?? asked.format,
    'x-clickhouse-timezone': 'UTC',
    'x-clickhouse-summary': JSON.stringify(summary),
    ...(asked.compress ? { 'content-encoding': 'gzip' } : {}),
  })
  response.end(asked.compress ? await zip(body) : body)
}

function answerFault(response: ServerResponse, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  const number = error instanceof RequestFault ? error.number : Number(/Code: (\d+)/.exec(message)?.[1] ?? 49)
  const status = error instanceof RequestFault ? error.status : statusOf(number)
  const text = /^Code: \d+/.test(message) ? message : `Code: ${number}. DB::Exception: ${message}`
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, { 'content-type': 'text/plain; charset=UTF-8', 'x-clickhouse-exception-code': number })
  response.end(`${text}\n`)
}

/** As ClickHouse answers (HTTPHandler): what does not exist 404, what does not parse 400, the rest 500. */
function statusOf(number: number): number {
  if ([46, 47, 60, 81, 115].includes(number)) return 404
  if ([62, 6, 27, 36, 53, 117].includes(number)) return 400
  if (number === 164) return 403
  return 500
}

/** An insert whose rows came in the body, reading them from their file. */
async function fromFile(asked: ServerRequest, file: string, engine: ServerEngine): Promise<string> {
  const format = /\bformat\s+(\w+)\s*$/i.exec(asked.sql)
  if (format === null) throw new RequestFault(400, 62, 'An insert with rows names its FORMAT')
  const head = asked.sql.slice(0, format.index)
  const source = (structure: string): string => `file(${quoted(file)}, '${format[1]}', ${structure})`
  const input = /\binput\s*\(\s*('(?:[^'\\]|\\.|'')*')\s*\)/i.exec(head)
  if (input !== null) {
    const [whole, structure = "''"] = input
    return head.slice(0, input.index) + source(structure) + head.slice(input.index + whole.length)
  }
  const plain = /^\s*insert\s+into\s+(?:table\s+)?([\w.`"]+)\s*(\([^)]*\))?\s*(settings\s+.*)?$/is.exec(head)
  if (plain === null) throw new RequestFault(400, 62, 'This form of INSERT is not known here')
  const [, table = '', columns = '', settings = ''] = plain
  const described = await engine.run({ ...asked, sql: `DESCRIBE TABLE ${table}`, format: 'JSON' }, false)
  const { data } = described.json<{ data: { name: string; type: string }[] }>()
  const wanted = columns
    .replace(/[()`"\s]/g, '')
    .split(',')
    .filter(name => name !== '')
  const structure = data
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
    .map(({ name, type }) => `\`${name}\` ${type}`)
  return `INSERT INTO ${table} ${columns} ${settings} SELECT * FROM ${source(quoted(structure.join(', ')))}`
}

function allowed(request: IncomingMessage, login: ClickHouseServerOptions['login']): boolean {
  if (login === undefined) return true
  const { user, password } = loginOf(request)
  const digest = createHash('sha256').update(password).digest()
  const known = Buffer.from(login.passwordDigest, 'hex')
  return user === login.user && known.length === digest.length && timingSafeEqual(known, digest)
}

function loginOf(request: IncomingMessage): { readonly user: string; readonly password: string } {
  const user = headerOf(request, 'x-clickhouse-user')
  if (user !== undefined) return { user, password: headerOf(request, 'x-clickhouse-key') ?? '' }
  const basic = /^basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const pair = Buffer.from(basic ?? '', 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? { user: 'default', password: '' } : { user: pair.slice(0, colon), password: pair.slice(colon + 1) }
}
