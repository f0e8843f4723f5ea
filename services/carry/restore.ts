import { createReadStream, existsSync } from 'node:fs'
import { chmod, copyFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pipeline } from 'node:stream'
import { createZstdDecompress } from 'node:zlib'
import { SentPositions } from '../../ingest/door/sent-position.ts'
import { migrate } from '../../ingest/store/migrate.ts'
import { TOPIC_FILE } from '../../ingest/topic/sqlite-topic.ts'
import { holdLedger } from '../../notifier/ledger/held.ts'
import { Ledger } from '../../notifier/ledger/ledger.ts'
import { LEDGER_FILE } from '../../notifier/ledger/schema.ts'
import type { Clock } from '../domain/clock.ts'
import { LcError } from '../domain/errors.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { count } from '../platform/clickhouse-rows.ts'
import { type Manifest, readManifest } from './manifest.ts'

export interface RestoreOptions {
  readonly source: string
  /** Data folder of the new installation. */
  readonly data: string
  readonly clickhouse: ClickHouse
  /** The topic of the new installation is another one (Kafka): positions go into files, where the log stood counts no more. */
  readonly otherTopic: boolean
  readonly clock: Clock
  readonly say: (text: string) => void
}

/** A piece may be a month of calls: it goes in as it is unpacked, in blocks that are cut alike whenever it is done again. */
const PIECE_SETTINGS = {
  async_insert: 0,
  insert_deduplicate: 1,
  deduplicate_insert_select: 'force_enable',
  max_threads: 1,
  max_insert_threads: 1,
  max_block_size: 65_409,
  max_insert_block_size: 200_000,
  min_insert_block_size_rows: 200_000,
  min_insert_block_size_bytes: 64 * 1024 * 1024,
  max_partitions_per_insert_block: 0,
} as const

/**
 * Brings an export into an empty installation. Cut short, it goes on when it is run again: each piece has a token. The
 * ledger is held until a person releases it. Throws LC_CARRY_READ, LC_CARRY_CHANGED, LC_CARRY_TARGET, LC_CARRY_ROWS.
 */
export async function restoreInstallation(options: RestoreOptions): Promise<Manifest> {
  const { source, data, clickhouse, otherTopic, clock, say } = options
  say('checking every file')
  const manifest = await readManifest(source)
  await migrate(clickhouse, { clock, retention: 'off' })
  const tables = manifest.tables.filter(({ name }) => !(otherTopic && name === 'uploads'))
  await refuseOther(clickhouse, data, tables, otherTopic)
  for (const { name, columns, pieces } of tables) {
    for (const { path, sha256 } of pieces) {
      say(`reading ${path}`)
      const names = columns.map(column => column.name)
      await clickhouse.insertNative({
        into: name,
        columns: names,
        select: names.map(column => `\`${column}\``),
        structure: columns.map(column => `\`${column.name}\` ${column.type}`).join(', '),
        settings: { ...PIECE_SETTINGS, insert_deduplication_token: `restore:${sha256}` },
        blocks: unpacked(join(source, path)),
      })
    }
  }
  await checkRows(clickhouse, tables)
  for (const { path } of manifest.files) {
    if (path === TOPIC_FILE && otherTopic) continue
    await mkdir(dirname(join(data, path)), { recursive: true, mode: 0o700 })
    await copyFile(join(source, path), join(data, path))
    await chmod(join(data, path), 0o600)
  }
  if (otherTopic) await carryPositions(join(source, TOPIC_FILE), data, clock)
  const ledger = Ledger.openExisting(join(data, LEDGER_FILE))
  if (ledger !== undefined) {
    holdLedger(ledger, 'it was restored: release it once no other ledger sends', clock.now())
    ledger.close()
  }
  return manifest
}

/** Only into nothing, or into what an earlier try of the same export began. */
async function refuseOther(
  clickhouse: ClickHouse,
  data: string,
  tables: Manifest['tables'],
  otherTopic: boolean,
): Promise<void> {
  const taken = [LEDGER_FILE, ...(otherTopic ? [] : [TOPIC_FILE])].find(name => existsSync(join(data, name)))
  if (taken !== undefined)
    throw new LcError('LC_CARRY_TARGET', `${data} holds ${taken} already.`, 'Restore into an empty data folder.', 2)
  for (const { name, rows } of tables) {
    if ((await rowsOf(clickhouse, name)) <= rows) continue
    throw new LcError('LC_CARRY_TARGET', `The table ${name} is not empty.`, 'Restore into an empty database.', 2)
  }
}

async function checkRows(clickhouse: ClickHouse, tables: Manifest['tables']): Promise<void> {
  for (const { name, rows } of tables) {
    const found = await rowsOf(clickhouse, name)
    if (found === rows) continue
    throw new LcError(
      'LC_CARRY_ROWS',
      `${name} has ${found} rows, the export says ${rows}.`,
      'Something else wrote to these tables: begin again with an empty database.',
      3,
    )
  }
}

async function rowsOf(clickhouse: ClickHouse, table: string): Promise<number> {
  const engine = await clickhouse.query(
    "SELECT count() AS n FROM system.tables WHERE database = currentDatabase() AND name = {table:String} AND engine LIKE '%ingMergeTree'",
    { table },
    { n: count },
  )
  const final = (engine[0]?.n ?? 0) > 0 ? 'FINAL' : ''
  return (await clickhouse.query(`SELECT count() AS n FROM ${table} ${final}`, {}, { n: count }))[0]?.n ?? 0
}

/** What goes wrong with the file is thrown where it is read. */
function unpacked(file: string): AsyncIterable<Uint8Array> {
  return pipeline(createReadStream(file), createZstdDecompress(), () => {})
}

/** What stood beside the blocks of the old topic goes into the position files of the new one. */
async function carryPositions(topicFile: string, data: string, clock: Clock): Promise<void> {
  if (!existsSync(topicFile)) return
  const database = new DatabaseSync(topicFile, { readOnly: true })
  const positions = await SentPositions.open(join(data, 'sent'), clock)
  try {
    for (const row of database.prepare('SELECT key, position FROM positions').iterate()) {
      const to = Number(row.position)
      await positions.sending(String(row.key), { from: 0, to })
      positions.sent(String(row.key), { from: 0, to })
    }
  } finally {
    database.close()
    await positions.close()
  }
}
