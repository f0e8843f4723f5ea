import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { count, text } from '../../services/platform/clickhouse-rows.ts'

interface Migration {
  readonly name: string
  readonly checksum: string
  readonly statements: readonly string[]
}

export interface MigrateOptions {
  readonly clock: Clock
  /** True while some partition's range is pinned: it would count twice when replayed into new tables. */
  readonly pinned?: () => Promise<boolean>
  readonly dryRun?: boolean
}

const FOLDER = join(import.meta.dirname, 'migrations')

/** Each statement is recorded when it is done: one that was cut between two statements goes on where it stopped. */
const LEDGER = `CREATE TABLE IF NOT EXISTS migrations (name String, step UInt32, checksum String, at DateTime('UTC'))
ENGINE = MergeTree ORDER BY (name, step) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`

/**
 * Brings the tables up to date; returns the names of the migrations that were (or, dry, would be) applied.
 * Throws LC_MIGRATION_CHANGED when an applied file no longer reads as it did, LC_MIGRATION_NEWER when the tables are
 * ahead of this program, LC_MIGRATION_PINNED while a range is pinned.
 */
export async function migrate(clickhouse: ClickHouse, options: MigrateOptions): Promise<readonly string[]> {
  const migrations = await readMigrations()
  await clickhouse.command(LEDGER)
  const done = await clickhouse.query(
    'SELECT name, max(step) AS steps, any(checksum) AS checksum FROM migrations GROUP BY name',
    {},
    { name: text, steps: count, checksum: text },
  )
  const applied = new Map(done.map(row => [row.name, row]))
  for (const name of applied.keys()) {
    if (!migrations.some(migration => migration.name === name)) {
      throw new LcError(
        'LC_MIGRATION_NEWER',
        `The tables were made by a newer Last Call (${name}).`,
        'Run that version, or restore a backup made before it.',
      )
    }
  }
  const owed: string[] = []
  for (const migration of migrations) {
    const before = applied.get(migration.name)
    if (before !== undefined && before.checksum !== migration.checksum) {
      throw new LcError(
        'LC_MIGRATION_CHANGED',
        `Migration ${migration.name} has been applied and was changed since.`,
        'Restore the file as it was; put changes into a new migration.',
      )
    }
    if ((before?.steps ?? 0) >= migration.statements.length) continue
    owed.push(migration.name)
    if (options.dryRun !== true) await apply(clickhouse, migration, before?.steps ?? 0, options)
  }
  return owed
}

async function apply(
  clickhouse: ClickHouse,
  migration: Migration,
  done: number,
  options: MigrateOptions,
): Promise<void> {
  if ((await options.pinned?.()) === true) {
    throw new LcError(
      'LC_MIGRATION_PINNED',
      'A range of the topic is pinned: it is being inserted, or was when the store was killed.',
      'Start the store once with the old version so that it finishes the range, then migrate.',
    )
  }
  for (const [index, statement] of migration.statements.entries()) {
    const step = index + 1
    if (step <= done) continue
    await clickhouse.command(repeatable(statement))
    await clickhouse.command(
      'INSERT INTO migrations SETTINGS async_insert = 0 SELECT {name:String}, {step:UInt32}, {checksum:String}, fromUnixTimestamp({at:Int64})',
      {
        name: migration.name,
        step,
        checksum: migration.checksum,
        at: Math.floor(options.clock.now() / 1000),
      },
    )
  }
}

/** A statement that ran without being recorded (killed in between) must pass when it runs again. */
const repeatable = (statement: string): string =>
  statement.replace(/^CREATE (TABLE|MATERIALIZED VIEW) (?!IF NOT EXISTS)/, 'CREATE $1 IF NOT EXISTS ')

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter(name => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async name => {
      const sql = await readFile(join(FOLDER, name), 'utf8')
      const statements = sql
        .replaceAll(/^--.*$/gm, '')
        .split(/;\s*$/m)
        .map(statement => statement.trim())
        .filter(statement => statement !== '')
      return { name, checksum: createHash('sha256').update(sql).digest('hex'), statements }
    }),
  )
}
