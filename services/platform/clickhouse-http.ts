import { Readable } from 'node:stream'
import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { type ClickHouse, type ClickHouseSettings, insertStatement, QUESTION_LIMITS } from './clickhouse.ts'
import { clickHouseFault } from './clickhouse-errors.ts'
import { quoted } from './clickhouse-params.ts'
import { readRow } from './clickhouse-rows.ts'

/** A ClickHouse server over HTTP. Blocks are posted as they are. */
export function openHttp(settings: Extract<ClickHouseSettings, { url: string }>): ClickHouse {
  const client = createClient({
    url: settings.url,
    username: settings.user,
    password: settings.password,
    database: settings.database,
    max_open_connections: 8,
    request_timeout: 120_000,
    // Long lists of names go in the body: addresses have a limit.
    use_multipart_params_auto: true,
    // Faults are thrown, and our own log tells them.
    log: { level: ClickHouseLogLevel.OFF },
    compression: { request: false, response: true },
  })
  return {
    embedded: false,
    query: (sql, params, shape) =>
      guarded(false, async () => {
        const result = await client.query({
          query: sql,
          query_params: { ...params },
          format: 'JSONEachRow',
          clickhouse_settings: QUESTION_LIMITS,
        })
        const rows: unknown[] = await result.json()
        return rows.map(row => readRow(shape, row))
      }),
    command: (sql, params = {}) =>
      guarded(false, async () => void (await client.command({ query: sql, query_params: { ...params } }))),
    insertNative: insert =>
      guarded(true, async () => {
        const { head, tail } = insertStatement(insert)
        const { stream } = await client.exec({
          query: `${head} FROM input(${quoted(insert.structure)}) ${tail} FORMAT Native`,
          values: Readable.from(insert.blocks, { objectMode: false }),
        })
        // The statement has run only when its answer has ended.
        for await (const _ of stream);
      }),
    close: () => client.close(),
  }
}

async function guarded<T>(rows: boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw clickHouseFault(error, rows)
  }
}
