import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type ClickHouseClient, type ClickHouseClientConfigOptions, createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import { LcError } from '../domain/errors.ts'
import { type ClickHouse, insertStatement, type NativeInsert, QUESTION_LIMITS } from './clickhouse.ts'
import { clickHouseFault } from './clickhouse-errors.ts'
import { type Params, quoted, setParams } from './clickhouse-params.ts'
import { type RowOf, readRow, type Shape } from './clickhouse-rows.ts'
import { lockFolder } from './folder-lock.ts'

/** Clients for questions. One client runs its statements one after another; several on one folder run side by side. */
const ASKING = 2

/**
 * ClickHouse in this process (chdb) on `folder`, made with mode 0700 when absent. Blocks go in through files in a
 * private folder beside it: chdb's text path costs 6 CPU-s a million rows more, and is not binary-safe.
 */
export function openEmbedded(folder: string): ClickHouse {
  const path = resolve(folder)
  const spool = `${path}-inserts`
  makeFolders(path, spool)
  // Our own lock: the engine says only on stderr, in its own words, that somebody holds the folder.
  const lock = lockFolder(`${path}.lock`, path)
  const inserting = new Lane(path, {})
  const commanding = new Lane(path, {})
  const asking = Array.from({ length: ASKING }, () => new Lane(path, QUESTION_LIMITS))
  // What a killed process left; the topic still has those rows.
  for (const name of readdirSync(spool)) rmSync(join(spool, name), { force: true })
  let files = 0
  return {
    embedded: true,
    query: (sql, params, shape) => freest(asking).query(sql, params, shape),
    command: (sql, params = {}) => commanding.command(setParams(params) + sql),
    async insertNative(insert) {
      files += 1
      const file = join(spool, `${files}.native`)
      try {
        await writeBlocks(file, insert.blocks)
        const { head, tail } = insertStatement(insert)
        await inserting.insert(`${head} FROM file(${quoted(file)}, 'Native', ${quoted(insert.structure)}) ${tail}`)
      } finally {
        await rm(file, { force: true })
      }
    },
    async close() {
      await Promise.all([inserting, commanding, ...asking].map(lane => lane.close()))
      lock.release()
    },
  }
}

/** One client and how many statements wait in it. */
class Lane {
  waiting = 0
  readonly #client: ClickHouseClient
  readonly #settings: typeof QUESTION_LIMITS | Record<never, never>
  readonly #running = new Set<Promise<unknown>>()

  constructor(path: string, settings: typeof QUESTION_LIMITS | Record<never, never>) {
    this.#client = connect(path)
    this.#settings = settings
  }

  query<S extends Shape>(sql: string, params: Params, shape: S): Promise<readonly RowOf<S>[]> {
    return this.#run(false, async () => {
      const result = await this.#client.query({
        query: setParams(params) + sql,
        format: 'JSONEachRow',
        clickhouse_settings: this.#settings,
      })
      const rows: unknown[] = await result.json()
      return rows.map(row => readRow(shape, row))
    })
  }

  command(sql: string): Promise<void> {
    return this.#run(false, async () => void (await this.#client.command({ query: sql })))
  }

  insert(sql: string): Promise<void> {
    return this.#run(true, async () => void (await this.#client.command({ query: sql })))
  }

  /** Waits for what runs: a connection closed under a statement takes the whole engine down. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#running])
    await this.#client.close()
  }

  async #run<T>(rows: boolean, work: () => Promise<T>): Promise<T> {
    this.waiting += 1
    const running = work()
    this.#running.add(running)
    try {
      return await running
    } catch (error) {
      throw clickHouseFault(error, rows)
    } finally {
      this.waiting -= 1
      this.#running.delete(running)
    }
  }
}

function freest(lanes: readonly Lane[]): Lane {
  return lanes.reduce((best, lane) => (lane.waiting < best.waiting ? lane : best))
}

/** chdb is typed against `client-common`'s copy of this interface; only a private member's origin differs. */
type Connection = NonNullable<ClickHouseClientConfigOptions['connection']>

function connect(path: string): ClickHouseClient {
  try {
    return createClient({ connection: createChdbConnection({ path }) as unknown as Connection })
  } catch (error) {
    throw folderFault(path, error)
  }
}

function makeFolders(...paths: readonly string[]): void {
  for (const path of paths) {
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw folderFault(path, error)
    }
  }
}

function folderFault(path: string, error: unknown): LcError {
  const said = error instanceof Error ? error.message : String(error)
  return new LcError(
    'LC_DATA_FOLDER',
    `The data folder ${path} cannot be used: ${said.slice(0, 300)}`,
    'Check its rights and the free disk, or give another with --data.',
    3,
    { cause: error },
  )
}

async function writeBlocks(path: string, blocks: NativeInsert['blocks']): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    if (!Array.isArray(blocks)) for await (const block of blocks) await writeAll(file, [block])
    // writev takes at most IOV_MAX (1,024) buffers at once.
    else for (let at = 0; at < blocks.length; at += 512) await writeAll(file, blocks.slice(at, at + 512))
  } catch (error) {
    throw clickHouseFault(error, false)
  } finally {
    await file.close()
  }
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, blocks: readonly Uint8Array[]): Promise<void> {
  const total = blocks.reduce((sum, block) => sum + block.byteLength, 0)
  const { bytesWritten } = await file.writev([...blocks])
  if (bytesWritten !== total) throw new Error('the disk took only a part of a block')
}
