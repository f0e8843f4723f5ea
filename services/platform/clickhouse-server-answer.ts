import type { IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { constants, deflate, gzip, zstdCompress } from 'node:zlib'
import type { Answer } from './clickhouse-server-engine.ts'
import type { ServerFault } from './clickhouse-server-fault.ts'

/** A body shorter than this costs more to compress than to send. */
const WORTH_COMPRESSING = 1_024

const CONTENT_TYPES = new Map([
  ['JSON', 'application/json; charset=UTF-8'],
  ['JSONCompact', 'application/json; charset=UTF-8'],
  ['JSONEachRow', 'application/x-ndjson; charset=UTF-8'],
  ['JSONCompactEachRow', 'application/x-ndjson; charset=UTF-8'],
  ['CSV', 'text/csv; charset=UTF-8; header=absent'],
  ['CSVWithNames', 'text/csv; charset=UTF-8; header=present'],
  ['Native', 'application/octet-stream'],
  ['RowBinary', 'application/octet-stream'],
  ['Parquet', 'application/octet-stream'],
])

const compressors = {
  gzip: (bytes: Uint8Array) => promisify(gzip)(bytes, { level: 1 }),
  zstd: (bytes: Uint8Array) => promisify(zstdCompress)(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
  deflate: (bytes: Uint8Array) => promisify(deflate)(bytes, { level: 1 }),
}

/** The format an answer is in: the statement's own, or the one beside it. */
export function formatOf(sql: string, given: string | undefined): string {
  const tail = sql.trimEnd().slice(-400)
  const own = /\bFORMAT\s+([A-Za-z0-9]{1,60})(?:\s+SETTINGS\s[^;]*)?\s*;?$/i.exec(tail)?.[1]
  return own ?? given ?? 'TabSeparated'
}

export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  result: Answer,
  asked: { readonly format: string; readonly compress: boolean; readonly written: boolean },
): Promise<void> {
  const rows = String(result.rowsRead)
  const bytes = String(result.bytesRead)
  response.setHeader('Content-Type', CONTENT_TYPES.get(asked.format) ?? 'text/plain; charset=UTF-8')
  response.setHeader('X-ClickHouse-Format', asked.format)
  response.setHeader('X-ClickHouse-Timezone', 'UTC')
  const summary = {
    read_rows: rows,
    read_bytes: bytes,
    written_rows: asked.written ? rows : '0',
    written_bytes: asked.written ? bytes : '0',
    total_rows_to_read: '0',
    result_rows: asked.written ? '0' : rows,
    result_bytes: String(result.bytes.byteLength),
    elapsed_ns: String(Math.round(result.seconds * 1e9)),
  }
  response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary))
  const encoding = asked.compress && result.bytes.byteLength >= WORTH_COMPRESSING ? accepted(request) : undefined
  let body = result.bytes
  if (encoding !== undefined) {
    response.setHeader('Content-Encoding', encoding)
    body = await compressors[encoding](body)
  }
  response.setHeader('Content-Length', body.byteLength)
  response.writeHead(200).end(body)
}

function accepted(request: IncomingMessage): keyof typeof compressors | undefined {
  const accepts = String(request.headers['accept-encoding'] ?? '').toLowerCase()
  return (['zstd', 'gzip', 'deflate'] as const).find(name => accepts.includes(name))
}

/** A refusal as a server sends it: status, number in a header, words in the body. */
export function refuse(response: ServerResponse, fault: ServerFault): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8')
  response.setHeader('X-ClickHouse-Exception-Code', String(fault.number))
  if (fault.status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="ClickHouse server HTTP API"')
  response.writeHead(fault.status).end(`${fault.message}\n`)
}
