import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

/** What a client asks for, read from address, headers and body. */
export interface ServerRequest {
  readonly sql: string
  readonly format: string
  readonly database: string
  readonly queryId: string
  readonly settings: ReadonlyMap<string, string>
  readonly params: ReadonlyMap<string, string>
  /** Rows that came with the statement, as a file; its reader deletes it. */
  readonly file: string | undefined
  readonly compress: boolean
}

/** A fault of the request itself, with the status and number ClickHouse gives. */
export class RequestFault extends Error {
  readonly status: number
  readonly number: number
  constructor(status: number, number: number, message: string) {
    super(message)
    this.status = status
    this.number = number
  }
}

/** Settings of the HTTP layer, which the engine does not know. */
const HTTP_ONLY =
  /^(wait_end_of_query|send_progress_in_http_headers|buffer_size|enable_http_compression|http_\w+|session_\w+|compress|decompress|quota_key|role|stacktrace|client_protocol_version)$/
const STATEMENT_BYTES = 16 * 1024 * 1024

/** Reads one request; rows go to a file in `spool`, never into memory. Throws RequestFault. */
export async function readRequest(request: IncomingMessage, spool: string, bodyBytes: number): Promise<ServerRequest> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const fields = new Map(url.searchParams)
  let stream: Readable = request
  if (request.headers['content-encoding'] === 'gzip') stream = request.pipe(createGunzip())
  const type = request.headers['content-type'] ?? ''
  let file: string | undefined
  let sql = fields.get('query') ?? ''
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(await textOf(stream), { headers: { 'content-type': type } }).formData()
    for (const [name, value] of form) if (typeof value === 'string') fields.set(name, value)
    sql = fields.get('query') ?? ''
  } else if (/\bformat\s+\w+\s*;?\s*$/i.test(sql) && /^\s*insert\b/i.test(sql)) {
    file = join(spool, `${randomUUID()}.rows`)
    await pipeline(stream, capped(bodyBytes), createWriteStream(file, { mode: 0o600 }))
  } else {
    sql += (await textOf(stream)).toString('utf8')
  }
  const settings = new Map<string, string>()
  const params = new Map<string, string>()
  for (const [name, value] of fields) {
    if (['query', 'database', 'default_format', 'query_id', 'user', 'password'].includes(name)) continue
    if (!/^[A-Za-z_]\w{0,100}$/.test(name)) throw new RequestFault(404, 115, `Unknown setting ${name.slice(0, 50)}`)
    if (name.startsWith('param_')) params.set(name.slice(6), value)
    else if (!HTTP_ONLY.test(name)) settings.set(name, value)
  }
  const database = fields.get('database') ?? headerOf(request, 'x-clickhouse-database') ?? 'default'
  if (!/^\w{1,64}$/.test(database)) throw new RequestFault(404, 81, 'Database does not exist')
  return {
    sql: sql.replace(/;\s*$/, ''),
    format: fields.get('default_format') ?? headerOf(request, 'x-clickhouse-format') ?? 'TabSeparated',
    database,
    queryId: fields.get('query_id') ?? randomUUID(),
    settings,
    params,
    file,
    compress:
      fields.get('enable_http_compression') === '1' && /\bgzip\b/.test(headerOf(request, 'accept-encoding') ?? ''),
  }
}

export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}

async function textOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream.pipe(capped(STATEMENT_BYTES))) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function capped(most: number): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > most) done(new RequestFault(413, 241, `a body may hold ${most} bytes`))
      else done(null, chunk)
    },
  })
}
