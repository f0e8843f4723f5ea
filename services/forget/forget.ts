import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { DEAD_TOPIC } from '../domain/block.ts'
import { LcError } from '../domain/errors.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { count, list, text } from '../platform/clickhouse-rows.ts'

export interface ForgetOptions {
  readonly clickhouse: ClickHouse
  /** File of the embedded dead letters; absent in production. */
  readonly deadFile: string | undefined
  readonly consumer: string
  /** True while some partition's range is pinned. */
  readonly pinned: () => Promise<boolean>
  /** Only counts. */
  readonly dryRun: boolean
  readonly say: (text: string) => void
}

/** Rows by table: erased, or, dry, to be erased. */
export type Forgotten = readonly { readonly table: string; readonly rows: number }[]

/** Columns that hold a consumer's id: of usage, of the copies of who belongs to whom, and of states. */
const COLUMNS = ['consumer', 'credential', 'principal', 'who']
/** Tables that keep rows and name a consumer, whatever later migrations add. */
const TABLES = `SELECT t.name AS name, groupArray(c.name) AS by FROM system.tables AS t INNER JOIN system.columns AS c ON c.table = t.name AND c.database = t.database
WHERE t.database = currentDatabase() AND t.engine LIKE '%MergeTree' AND c.name IN {columns:Array(String)} GROUP BY name ORDER BY name`

/**
 * Erases one consumer from every table, at once and for good; resolves when all mutations are done. Throws
 * LC_FORGET_PINNED while a range is pinned: its replay could bring rows back.
 */
export async function forget(options: ForgetOptions): Promise<Forgotten> {
  const { clickhouse, consumer, dryRun, deadFile, say } = options
  if (await options.pinned())
    throw new LcError(
      'LC_FORGET_PINNED',
      'A range of the topic is pinned: what it holds of this consumer could come back.',
      'Let the store finish (it does by itself when it runs), then stop it and try again.',
      3,
    )
  const forgotten: { table: string; rows: number }[] = []
  for (const { name, by } of await clickhouse.query(TABLES, { columns: COLUMNS }, { name: text, by: list(text) })) {
    const where = by.map(column => `${column} = {consumer:String}`).join(' OR ')
    const rows = await rowsOf(clickhouse, name, where, consumer)
    forgotten.push({ table: name, rows })
    if (dryRun || rows === 0) continue
    say(`erasing ${rows} rows of ${name}`)
    await clickhouse.command(`ALTER TABLE ${name} DELETE WHERE ${where} SETTINGS mutations_sync = 2`, { consumer })
    const left = await rowsOf(clickhouse, name, where, consumer)
    if (left > 0)
      throw new LcError(
        'LC_FORGET_LEFT',
        `${left} rows of ${name} are still there.`,
        'Stop the store, and run it again.',
        3,
      )
  }
  if (deadFile !== undefined && existsSync(deadFile))
    forgotten.push({ table: DEAD_TOPIC, rows: forgetLetters(deadFile, consumer, dryRun) })
  return forgotten
}

async function rowsOf(clickhouse: ClickHouse, table: string, where: string, consumer: string): Promise<number> {
  const sql = `SELECT count() AS n FROM ${table} WHERE ${where}`
  return (await clickhouse.query(sql, { consumer }, { n: count }))[0]?.n ?? 0
}

function forgetLetters(file: string, consumer: string, dryRun: boolean): number {
  const database = new DatabaseSync(file, { timeout: 5_000 })
  try {
    const where = `json_extract("values", '$.consumer') = ?`
    const found = database.prepare(`SELECT count(*) AS n FROM "${DEAD_TOPIC}" WHERE ${where}`).get(consumer)
    if (!dryRun) database.prepare(`DELETE FROM "${DEAD_TOPIC}" WHERE ${where}`).run(consumer)
    return Number(found?.n ?? 0)
  } finally {
    database.close()
  }
}
