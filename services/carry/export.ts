import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sqlitePinned } from '../../ingest/store/open-pins.ts'
import { TOPIC_FILE } from '../../ingest/topic/sqlite-topic.ts'
import { holdLedger } from '../../notifier/ledger/held.ts'
import { Ledger } from '../../notifier/ledger/ledger.ts'
import { LEDGER_FILE } from '../../notifier/ledger/schema.ts'
import type { Clock } from '../domain/clock.ts'
import { LcError } from '../domain/errors.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { openClickHouse } from '../platform/clickhouse.ts'
import { quoted } from '../platform/clickhouse-params.ts'
import { count, text } from '../platform/clickhouse-rows.ts'
import { describeFile, MANIFEST, type Manifest } from './manifest.ts'

export interface ExportOptions {
  /** Data folder of an embedded installation that does not run. */
  readonly data: string
  /** Made; must be empty or absent. */
  readonly target: string
  readonly clock: Clock
  /** Leaves the ledger of `data` open: a backup, not a move. */
  readonly copy: boolean
  readonly say: (text: string) => void
}

/** SQLite files, by one consistent copy each; absent ones are left out. */
const DATABASES = [TOPIC_FILE, LEDGER_FILE, 'dead.db']

/**
 * Writes everything that another installation needs: ledger, pepper, topic, positions and history. Unless it is a mere
 * copy, the old ledger is held from then on: two of them must never send.
 * Throws LC_DATA_LOCKED while a process runs on `data`, LC_CARRY_UNSTORED, LC_CARRY_TARGET.
 */
export async function exportInstallation(options: ExportOptions): Promise<Manifest> {
  const { data, target, say } = options
  await mkdir(target, { recursive: true, mode: 0o700 })
  if ((await readdir(target)).length > 0)
    throw new LcError('LC_CARRY_TARGET', `${target} is not empty.`, 'Name a folder that is empty, or not there yet.', 2)
  const clickhouse = await openClickHouse({ embedded: { folder: join(data, 'clickhouse') } })
  try {
    refuseUnstored(data)
    const files: string[] = []
    for (const name of DATABASES.filter(name => existsSync(join(data, name)))) {
      say(`copying ${name}`)
      const database = new DatabaseSync(join(data, name))
      database.prepare('VACUUM INTO ?').run(join(target, name))
      database.close()
      files.push(name)
    }
    for (const name of ['pepper', 'followed']) {
      if (!existsSync(join(data, name))) continue
      await cp(join(data, name), join(target, name), { recursive: true, mode: 0 })
      files.push(...(await filesIn(target, name)))
    }
    const tables = await history(clickhouse, resolve(target), say)
    const migrations = await clickhouse.query('SELECT DISTINCT name FROM migrations ORDER BY name', {}, { name: text })
    const manifest: Manifest = {
      version: 1,
      migrations: migrations.map(({ name }) => name),
      files: await Promise.all(files.map(name => describeFile(target, name))),
      tables,
    }
    await writeFile(join(target, `${MANIFEST}.new`), JSON.stringify(manifest), { mode: 0o600 })
    await rename(join(target, `${MANIFEST}.new`), join(target, MANIFEST))
    if (!options.copy) closeLedger(join(data, LEDGER_FILE), options.clock.now())
    return manifest
  } finally {
    await clickhouse.close()
  }
}

function closeLedger(file: string, now: number): void {
  const ledger = Ledger.openExisting(file)
  if (ledger === undefined) return
  holdLedger(ledger, 'it was exported: another one sends now', now)
  ledger.close()
}

function refuseUnstored(data: string): void {
  if (!existsSync(join(data, TOPIC_FILE))) return
  const database = new DatabaseSync(join(data, TOPIC_FILE), { readOnly: true, timeout: 5_000 })
  const waiting = Number(database.prepare('SELECT sum(next - committed) AS n FROM partitions').get()?.n ?? 0)
  database.close()
  if (waiting === 0 && !sqlitePinned(data)) return
  throw new LcError(
    'LC_CARRY_UNSTORED',
    `${waiting} blocks on the topic are not stored yet.`,
    'Start `lastcall up` on this folder until /metrics shows no lag, stop it with SIGTERM, then export.',
    3,
  )
}

async function filesIn(folder: string, name: string): Promise<string[]> {
  const found = await readdir(join(folder, name), { withFileTypes: true, recursive: true }).catch(() => undefined)
  if (found === undefined) return [name]
  return found.filter(one => one.isFile()).map(one => relative(folder, join(one.parentPath, one.name)))
}

const TABLES = `SELECT name, engine FROM system.tables
WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND name != 'migrations' ORDER BY name`

async function history(
  clickhouse: ClickHouse,
  target: string,
  say: (text: string) => void,
): Promise<Manifest['tables']> {
  await mkdir(join(target, 'history'), { mode: 0o700 })
  const tables: Manifest['tables'] = []
  for (const { name, engine } of await clickhouse.query(TABLES, {}, { name: text, engine: text })) {
    const final = engine === 'MergeTree' ? '' : 'FINAL'
    const columns = await clickhouse.query(
      'SELECT name, type FROM system.columns WHERE database = currentDatabase() AND table = {table:String} ORDER BY position',
      { table: name },
      { name: text, type: text },
    )
    const rows = (await clickhouse.query(`SELECT count() AS n FROM ${name} ${final}`, {}, { n: count }))[0]?.n ?? 0
    const parts = await clickhouse.query(
      `SELECT DISTINCT _partition_id AS id FROM ${name} ORDER BY id`,
      {},
      { id: text },
    )
    const pieces: Manifest['tables'][number]['pieces'] = []
    for (const { id } of parts) {
      say(`writing ${name} ${id}: ${rows} rows in all`)
      const path = join('history', `${name}.${id}.native.zst`)
      await clickhouse.command(
        `INSERT INTO FUNCTION file(${quoted(join(target, path))}, 'Native') SELECT * FROM ${name} ${final} WHERE _partition_id = {id:String}`,
        { id },
      )
      pieces.push(await describeFile(target, path))
    }
    tables.push({ name, columns: [...columns], rows, pieces })
  }
  return tables
}
