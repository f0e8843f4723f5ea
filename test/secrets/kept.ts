import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { zstdDecompressSync } from 'node:zlib'
import { decodeBlock } from '../../ingest/block/decode.ts'
import type { Installation } from '../running.ts'

/** Where something is kept, and all that stands there as text. */
export type Kept = readonly [place: string, text: string]

const asText = (value: unknown): string =>
  JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? ''

/** Every column of every table in ClickHouse. */
export async function inClickHouse(here: Installation): Promise<readonly Kept[]> {
  const tables = await here.rows(
    "SELECT database, name FROM system.tables WHERE lower(database) NOT IN ('system', 'information_schema') AND engine != 'Null' AND engine != 'MaterializedView'",
  )
  return Promise.all(
    tables.map(
      async ({ database, name }): Promise<Kept> => [
        `ClickHouse ${name}`,
        asText(await here.rows(`SELECT * FROM \`${database}\`.\`${name}\``)),
      ],
    ),
  )
}

/** Every answer of the API and every page, by the addresses its own document and the board name. */
export async function inAnswers(here: Installation): Promise<readonly Kept[]> {
  const paths = [
    '/',
    '/sources',
    '/outbox',
    '/deprecations/old',
    '/customers/someone',
    '/metrics',
    '/readyz',
    '/api/v1/openapi.json',
    '/api/v1/totals',
    '/api/v1/deprecations',
    '/api/v1/deprecations/old',
    '/api/v1/deprecations/old/consumers',
  ]
  return Promise.all(paths.map(async (path): Promise<Kept> => [path, await (await fetch(here.url + path)).text()]))
}

/** Every file of the stopped installation but ClickHouse's own: databases table by table, blocks decoded. */
export function inFolder(folder: string): readonly Kept[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry): readonly Kept[] => {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isFile() || entry.parentPath.includes('clickhouse') || /-(wal|shm|journal)$/.test(entry.name)) return []
    const bytes = readFileSync(path)
    return bytes.subarray(0, 15).toString() === 'SQLite format 3'
      ? inDatabase(path)
      : [[entry.name, bytes.toString('latin1')]]
  })
}

function inDatabase(path: string): readonly Kept[] {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
    return tables.map(
      ({ name }): Kept => [
        `${path.slice(path.lastIndexOf('/') + 1)} ${name}`,
        database.prepare(`SELECT * FROM "${name}"`).all().map(rowText).join('\n'),
      ],
    )
  } finally {
    database.close()
  }
}

function rowText(row: Record<string, unknown>): string {
  return Object.entries(row)
    .map(([column, value]) => (value instanceof Uint8Array ? blobText(column, value) : asText(value)))
    .join('\n')
}

/** Blocks stand packed; so do letters. */
function blobText(column: string, blob: Uint8Array): string {
  const bytes = blob[0] === 0x28 && blob[1] === 0xb5 ? zstdDecompressSync(blob) : Buffer.from(blob)
  return column === 'payload' ? asText(decodeBlock(bytes)) : bytes.toString('latin1')
}
