import { createWriteStream } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { type Duplex, Transform } from 'node:stream'
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

export interface Asked {
  readonly sql: string
  /** The file with the rows, and how many bytes; undefined when the body was the statement, or empty. */
  readonly rows: string | undefined
  readonly queryId: string | undefined
  readonly database: string
  readonly format: string | undefined
  readonly settings: ReadonlyMap<string, string>
  readonly params: ReadonlyMap<string, string>
  readonly user: string
  readonly password: string
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

function credentials(request: IncomingMessage, url: URL): { readonly user: string; readonly password: string } {
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

/** The whole request. Its body goes to `file`; it stays there only as rows, and then the caller removes it. */
export async function readBody(
  request: IncomingMessage,
  head: Omit<Asked, 'rows'>,
  file: string,
  maxBytes: number,
): Promise<Asked> {
  const isStatement = head.sql === ''
  const bytes = await spool(request, file, isStatement ? MAX_STATEMENT : maxBytes)
  if (bytes > 0 && !isStatement && /^\s*INSERT\s/i.test(head.sql)) return { ...head, rows: file }
  const body = bytes === 0 ? Buffer.alloc(0) : await take(file, bytes)
  if (/^multipart\/form-data/i.test(request.headers['content-type'] ?? '')) {
    return fromForm(head, body, request.headers['content-type'] ?? '')
  }
  const text = body.toString('utf8')
  return { ...head, sql: isStatement ? text : text === '' ? head.sql : `${head.sql}\n${text}`, rows: undefined }
}

async function take(file: string, bytes: number): Promise<Buffer> {
  if (bytes > MAX_STATEMENT) throw tooLarge(MAX_STATEMENT)
  const body = await readFile(file)
  await rm(file, { force: true })
  return body
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

/** Writes the decompressed body to `file`; says how many bytes. */
async function spool(request: IncomingMessage, file: string, maxBytes: number): Promise<number> {
  let bytes = 0
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.byteLength
      if (bytes > maxBytes) done(tooLarge(maxBytes))
      else done(null, chunk)
    },
  })
  const sink = createWriteStream(file, { mode: 0o600, highWaterMark: 4 * 1024 * 1024 })
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
