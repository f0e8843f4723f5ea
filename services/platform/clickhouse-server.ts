import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join, resolve } from 'node:path'
import { answer, formatOf } from './clickhouse-server-answer.ts'
import { type Engine, openEngine, type Statement } from './clickhouse-server-engine.ts'
import { ServerFault } from './clickhouse-server-fault.ts'
import { type ClickHouseServer, listen } from './clickhouse-server-http.ts'
import { insertFromFile } from './clickhouse-server-insert.ts'
import { type Asked, checkLogin, forDriver, readBody, readHead } from './clickhouse-server-request.ts'
import { lockFolder } from './folder-lock.ts'

/** What befalls a statement instead of an answer: the connection is cut, or these words are sent. */
export type Mishap = 'cut' | { readonly status: number; readonly code?: number; readonly body: string }

/** Called around every statement; for tests. A mishap before it keeps it from running, one after it hides its answer. */
export interface ServerHooks {
  before(sql: string): Promise<Mishap | undefined>
  after(sql: string): Promise<Mishap | undefined>
}

export interface ServerOptions {
  readonly folder: string
  /** 0: any free one. */
  readonly port: number
  readonly user: string
  readonly password: string
  /** A second user, who may only read, with settings of its own. */
  readonly reader?: { readonly user: string; readonly password: string }
  readonly hooks?: ServerHooks
  /** Statements that read, and that write, at one time. */
  readonly reading?: number
  readonly writing?: number
  /** The largest body, in bytes after decompression. */
  readonly maxBody?: number
}

/**
 * ClickHouse over HTTP on the loopback address, by the engine in this process: what `@clickhouse/client` needs where
 * no server can be had. Holds the folder like the embedded store (LC_DATA_LOCKED).
 */
export async function serveClickHouse(options: ServerOptions): Promise<ClickHouseServer> {
  const folder = resolve(options.folder)
  const bodies = `${folder}-bodies`
  for (const path of [folder, bodies]) mkdirSync(path, { recursive: true, mode: 0o700 })
  const lock = lockFolder(`${folder}.lock`, folder)
  for (const name of readdirSync(bodies)) rmSync(join(bodies, name), { force: true })
  const engine = openEngine({ folder, reading: options.reading ?? 4, writing: options.writing ?? 4 })
  let files = 0
  const listening = await listen(options.port, async (request, response, url) => {
    files += 1
    const file = join(bodies, `${files}.rows`)
    try {
      await serve(request, response, url, { engine, file, options })
    } finally {
      await rm(file, { force: true })
    }
  })
  return {
    port: listening.port,
    async close() {
      await listening.close()
      await engine.close()
      lock.release()
    },
  }
}

interface Serving {
  readonly engine: Engine
  readonly file: string
  readonly options: ServerOptions
}

async function serve(request: IncomingMessage, response: ServerResponse, url: URL, serving: Serving): Promise<void> {
  const { engine, file, options } = serving
  const head = readHead(request, url)
  const reader = options.reader !== undefined && head.user === options.reader.user ? options.reader : undefined
  checkLogin(head, reader ?? options)
  response.setHeader('X-ClickHouse-Query-Id', head.queryId ?? randomUUID())
  const asked = await readBody(request, head, {
    rows: reader === undefined ? file : undefined,
    maxRows: options.maxBody ?? 2 ** 30,
  })
  const sql = statementOf(asked)
  const before = await options.hooks?.before(sql)
  if (before !== undefined) return mishap(request, response, before)
  const reads = /^[\s(]*(SELECT|WITH|SHOW|DESC|DESCRIBE|EXISTS|EXPLAIN)\b/i.test(sql)
  const format = formatOf(asked.rows === undefined ? sql : '', asked.format)
  const statement: Statement = {
    sql,
    database: asked.database,
    settings: asked.settings,
    params: asked.params,
    format,
    // A GET only reads (HTTPHandler: readonly = 2 for it).
    ...(request.method === 'GET' || reader !== undefined ? { limits: { readonly: 2 } } : {}),
  }
  const result = await engine.run(statement, reads ? 'read' : 'write')
  const after = await options.hooks?.after(sql)
  if (after !== undefined) return mishap(request, response, after)
  await answer(request, response, result, { format, compress: asked.compress, written: !reads })
}

function statementOf(asked: Asked): string {
  if (asked.sql.trim() === '') throw new ServerFault(62, 'SYNTAX_ERROR', 'Empty query')
  if (asked.rows === undefined) return forDriver(asked.sql)
  const statement = insertFromFile(asked.sql, asked.rows)
  if (statement === undefined) {
    throw new ServerFault(48, 'NOT_IMPLEMENTED', 'Rows are taken after FORMAT or VALUES, and by input() only')
  }
  return statement
}

function mishap(request: IncomingMessage, response: ServerResponse, what: Mishap): void {
  if (what === 'cut') {
    request.socket.destroy()
    return
  }
  if (what.code !== undefined) response.setHeader('X-ClickHouse-Exception-Code', String(what.code))
  response.writeHead(what.status).end(what.body)
}
