import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import type { Test } from 'tap'
import { loadConfig } from '../services/config/load.ts'
import { type Running, startEmbedded } from '../services/embedded/embedded.ts'
import { systemClock } from '../services/platform/clock.ts'
import { type Log, silentLog } from '../services/platform/log.ts'

/** A whole Last Call in this process, on a free port, with a folder of its own. */
export interface Installation extends Running {
  readonly data: string
  /** Asks ClickHouse beside the service's own clients: the lock on the folder is this process's. */
  rows(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Posts a body to `/ingest/{source}`, or to a path that begins with a slash. */
  post(to: string, body: string | Uint8Array, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Number of calls stored under a source, once everything on the topic is stored. */
  calls(source: string): Promise<number>
  /** `call`, `unparsed:reason`, `dropped:reason` → lines in `sources_hourly`. */
  tallies(source: string): Promise<Readonly<Record<string, number>>>
}

/** Starts it on a `lastcall.yaml` of this text; it is stopped when the test ends. */
export async function installation(t: Test, config: string, log: Log = silentLog): Promise<Installation> {
  // Not a testdir: that would be taken away before what runs in it is stopped.
  const folder = await mkdtemp(join(tmpdir(), 'lastcall-test-'))
  await writeFile(join(folder, 'lastcall.yaml'), config)
  const { catalogue, settings, findings } = await loadConfig(join(folder, 'lastcall.yaml'), { environment: {} })
  if (catalogue === undefined || settings === undefined) throw new Error(JSON.stringify(findings))
  const data = join(folder, 'data')
  const running = await startEmbedded({
    catalogue,
    settings,
    watch: undefined,
    data,
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    environment: {},
    notifyEveryMs: 0,
    log,
  })
  const path = join(data, 'clickhouse')
  const client = createClient({
    connection: createChdbConnection({ path }) as unknown as NonNullable<ClickHouseClientConfigOptions['connection']>,
  })
  const rows = async (sql: string) =>
    (await client.query({ query: sql, format: 'JSONEachRow' })).json<Record<string, unknown>>()
  t.teardown(async () => {
    await running.stop()
    await client.close()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    ...running,
    data,
    rows,
    post: (to, body, headers = {}) =>
      fetch(running.url + (to.startsWith('/') ? to : `/ingest/${to}`), {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream', ...headers },
        body: typeof body === 'string' ? body : new Uint8Array(body),
      }),
    async calls(source) {
      await running.settle()
      return Number((await rows(`SELECT count() AS n FROM calls WHERE source = '${source}'`))[0]?.n)
    },
    async tallies(source) {
      await running.settle()
      const found = await rows(
        `SELECT outcome, reason, sum(lines) AS n FROM sources_hourly WHERE source = '${source}' GROUP BY ALL HAVING n > 0 ORDER BY ALL`,
      )
      return Object.fromEntries(
        found.map(row => [row.reason === '' ? row.outcome : `${row.outcome}:${row.reason}`, Number(row.n)]),
      )
    },
  }
}

/** One nginx JSON line as of now; `some` replaces or adds fields. */
export function jsonLine(some: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    msec: (Date.now() / 1000).toFixed(3),
    request_id: `r-${Math.random().toString(36).slice(2)}`,
    method: 'GET',
    host: 'api.partner.example',
    request_uri: '/v1/orders/7',
    status: '200',
    ua: 'agent/1',
    ...some,
  })
}
