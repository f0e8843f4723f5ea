import { createHash, timingSafeEqual } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { type Duplex, Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { ServerFault } from './clickhouse-server-fault.ts'

/** The longest statement, in bytes, wherever it stands. */
const MAX_STATEMENT = 16 * 1024 * 1024

/** Words of the URL that are the server's and no settings of a statement. */
const NO_SETTINGS = new Set([
  ...['query', 'query_id', 'database', 'default_format', 'user', 'password', 'quota_key', 'role', 'stacktrace'],
  ...['compress', 'decompress', 'buffer_size', 'wait_end_of_query', 'client_protocol_version', 'session_check'],
  ...['session_timeout', 'enable_http_compression', 'http_zlib_compression_level', 'http_response_buffer_size'],
  ...['send_progress_in_http_headers', 'http_headers_progress_interval_ms', 'http_send_progress_interval_ms'],
  ...['http_response_compression_method', 'http_native_compression_disable_checksumming_on_decompress'],
])

export interface Login {
  readonly user: string
  readonly password: string
}

export interface Asked extends Login {
  readonly sql: string
  /** The file with the rows; undefined when the body was the statement, or empty. */
  readonly rows: string | undefined
  readonly queryId: string | undefined
  readonly database: string
  readonly format: string | undefined
  readonly settings: ReadonlyMap<string, string>
  readonly params: ReadonlyMap<string, string>
  /** The answer may be compressed by what the caller accepts. */
  readonly compress: boolean
}

/** What stands in a request before its body: everything that can refuse it is known here. */
export function readHead(request: IncomingMessage, url: URL): Omit<Asked, 'rows'> {
  const settings = new Map<string, string>()
  const params = new Map<string, string>()
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) params.set(name.slice(6), value)
    else if (!NO_SETTINGS.has(name)) settings.set(name, value)
  }
  if (settings.has('session_id')) throw new ServerFault(48, 'NOT_IMPLEMENTED', 'Sessions are not kept here')
  if (url.searchParams.get('decompress') === '1' || url.searchParams.get('compress') === '1') {
    throw new ServerFault(
      48,
      'NOT_IMPLEMENTED',
      "ClickHouse's own compression is not spoken here, use Content-Encoding",
    )
  }
  return {
    sql: url.searchParams.get('query') ?? '',
    queryId: url.searchParams.get('query_id') ?? undefined,
    database: url.searchParams.get('database') ?? headerOf(request, 'x-clickhouse-database') ?? '',
    format: url.searchParams.get('default_format') ?? headerOf(request, 'x-clickhouse-format') ?? undefined,
    settings,
    params,
    ...credentials(request, url),
    compress: url.searchParams.get('enable_http_compression') === '1',
  }
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}

function credentials(request: IncomingMessage, url: URL): Login {
  const basic = /^Basic ([\w+/=-]{1,8192})$/i.exec(request.headers.authorization ?? '')?.[1]
  if (basic !== undefined) {
    const pair = Buffer.from(basic, 'base64').toString('utf8')
    const colon = pair.indexOf(':')
    return { user: colon < 0 ? pair : pair.slice(0, colon), password: colon < 0 ? '' : pair.slice(colon + 1) }
  }
  return {
    user: headerOf(request, 'x-clickhouse-user') ?? url.searchParams.get('user') ?? 'default',
    password: headerOf(request, 'x-clickhouse-key') ?? url.searchParams.get('password') ?? '',
  }
}

export interface BodyOptions {
  /** Where rows go; undefined: rows are refused. */
  readonly rows: string | undefined
  readonly maxRows: number
}

/** The whole request. Rows of an INSERT go to their file, for the caller to remove; statements stay in memory. */
export async function readBody(
  request: IncomingMessage,
  head: Omit<Asked, 'rows'>,
  options: BodyOptions,
): Promise<Asked> {
  if (/^\s*INSERT\s/i.test(head.sql)) {
    if (options.rows === undefined) throw new ServerFault(164, 'READONLY', 'Cannot execute query in readonly mode')
    const sink = createWriteStream(options.rows, { mode: 0o600, highWaterMark: 4 * 1024 * 1024 })
    const bytes = await spool(request, sink, options.maxRows)
    return { ...head, rows: bytes === 0 ? undefined : options.rows }
  }
  const parts: Buffer[] = []
  const sink = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part)
      done()
    },
  })
  await spool(request, sink, MAX_STATEMENT)
  const body = Buffer.concat(parts)
  const type = request.headers['content-type'] ?? ''
  if (/^multipart\/form-data/i.test(type)) return fromForm(head, body, type)
  const text = body.toString('utf8')
  return { ...head, sql: head.sql === '' ? text : `${head.sql}\n${text}`.trimEnd(), rows: undefined }
}

/** Throws unless user and password are the expected ones. */
export function checkLogin(asked: Login, expected: Login): void {
  const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest()
  const right = timingSafeEqual(digest(asked.password), digest(expected.password))
  if (right && asked.user === expected.user) return
  const said = `${asked.user.slice(0, 80)}: Authentication failed: password is incorrect, or there is no user with such name`
  throw new ServerFault(516, 'AUTHENTICATION_FAILED', said)
}

/**
 * Grafana's driver (clickhouse-go over HTTP) asks for the server's revision first and reads every later answer in
 * that revision's form of Native. What the engine writes is revision 0's.
 */
export function forDriver(sql: string): string {
  const first = 'SELECT displayName(), version(), revision(), timezone()'
  return sql.trim() === first ? first.replace('revision()', 'toUInt32(0) AS `revision()`') : sql
}

/** Long parameters come as a form, the statement in its field `query`. */
async function fromForm(head: Omit<Asked, 'rows'>, body: Buffer, type: string): Promise<Asked> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  const params = new Map(head.params)
  let sql = head.sql
  for (const [name, value] of form) {
    if (typeof value !== 'string') throw new ServerFault(48, 'NOT_IMPLEMENTED', 'External tables are not taken here')
    if (name === 'query') sql += value
    else if (name.startsWith('param_')) params.set(name.slice(6), value)
  }
  return { ...head, sql, params, rows: undefined }
}

/** Writes the decompressed body to `sink`; says how many bytes. */
async function spool(request: IncomingMessage, sink: Writable, maxBytes: number): Promise<number> {
  let bytes = 0
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.byteLength
      if (bytes > maxBytes) done(tooLarge(maxBytes))
      else done(null, chunk)
    },
  })
  const decoder = decoderOf(request.headers['content-encoding'] ?? 'identity')
  try {
    if (decoder === undefined) await pipeline(request, counting, sink)
    else await pipeline(request, decoder, counting, sink)
  } catch (error) {
    if (error instanceof ServerFault) throw error
    const said = error instanceof Error ? error.message : String(error)
    throw new ServerFault(354, 'ZLIB_INFLATE_FAILED', `The body cannot be read: ${said.slice(0, 200)}`, 400)
  }
  return bytes
}

function decoderOf(encoding: string): Duplex | undefined {
  if (encoding === 'identity' || encoding === '') return undefined
  if (encoding === 'gzip') return createGunzip()
  if (encoding === 'deflate') return createInflate()
  if (encoding === 'zstd') return createZstdDecompress()
  if (encoding === 'br') return createBrotliDecompress()
  throw new ServerFault(48, 'NOT_IMPLEMENTED', `Content-Encoding ${encoding.slice(0, 40)} is not taken`)
}

function tooLarge(maxBytes: number): ServerFault {
  return new ServerFault(307, 'TOO_MANY_BYTES', `The body is larger than ${maxBytes} bytes`, 413)
}
