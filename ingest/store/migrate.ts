import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { count, text } from '../../services/platform/clickhouse-rows.ts'
import { withMigrationLock } from './migration-lock.ts'
import { type Migration, readMigrations } from './read-migrations.ts'
import { applyRetention, type Retention } from './retention.ts'

export interface MigrateOptions {
  readonly clock: Clock
  /** True while some partition's range is pinned: it would count twice when replayed into new tables. */
  readonly pinned?: () => Promise<boolean>
  /** Only says what would be done. */
  readonly dryRun?: boolean
  /** How long tables keep what they hold; undefined: as the migrations say. */
  readonly retention?: Retention
  /** Where the migrations are; for tests. */
  readonly folder?: string
}

/** Each statement is recorded when it is done: one that was cut between two statements goes on where it stopped. */
const LEDGER = `CREATE TABLE IF NOT EXISTS migrations (name String, step UInt32, checksum String, at DateTime('UTC'))
ENGINE = MergeTree ORDER BY (name, step) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`

/**
 * Brings the tables up to date; returns the names of the migrations that were (or, dry, would be) applied.
 * Throws LC_MIGRATION_CHANGED when an applied file no longer reads as it did, LC_MIGRATION_NEWER when the tables are
 * ahead of this program, LC_MIGRATION_PINNED while a range is pinned, LC_MIGRATION_LOCKED, LC_MIGRATION_NUMBER.
 */
export async function migrate(clickhouse: ClickHouse, options: MigrateOptions): Promise<readonly string[]> {
  const owed = await owedMigrations(clickhouse, await readMigrations(options.folder))
  if (options.dryRun === true) return owed.map(({ name }) => name)
  if (owed.length > 0) {
    await withMigrationLock(clickhouse, options.clock, async () => {
      await clickhouse.command(LEDGER)
      // Asked again under the lock: another process may have done it all.
      const still = await owedMigrations(clickhouse, await readMigrations(options.folder))
      if (still.some(({ fresh }) => !fresh)) await refusePinned(options)
      for (const migration of still) await apply(clickhouse, migration, options.clock)
    })
  }
  if (options.retention !== undefined) await applyRetention(clickhouse, options.retention)
  return owed.map(({ name }) => name)
}

interface Owed extends Migration {
  /** Statements that are done. */
  readonly done: number
  /** Nothing was ever stored in these tables: no pin can hurt. */
  readonly fresh: boolean
}

async function owedMigrations(clickhouse: ClickHouse, migrations: readonly Migration[]): Promise<readonly Owed[]> {
  const applied = await appliedSteps(clickhouse)
  for (const name of applied.keys()) {
    if (migrations.some(migration => migration.name === name)) continue
    throw new LcError(
      'LC_MIGRATION_NEWER',
      `The tables were made by a newer Last Call (${name}).`,
      'Run that version, or restore a backup made before it.',
    )
  }
  return migrations.flatMap(migration => {
    const before = applied.get(migration.name)
    if (before !== undefined && before.checksum !== migration.checksum) {
      throw new LcError(
        'LC_MIGRATION_CHANGED',
        `Migration ${migration.name} has been applied and was changed since.`,
        'Restore the file as it was; put changes into a new migration.',
      )
    }
    const done = before?.steps ?? 0
    return done < migration.statements.length ? [{ ...migration, done, fresh: applied.size === 0 }] : []
  })
}

async function appliedSteps(clickhouse: ClickHouse) {
  const sql = "SELECT count() AS n FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'"
  const [ledger] = await clickhouse.query(sql, {}, { n: count })
  if (ledger?.n !== 1) return new Map<string, { readonly steps: number; readonly checksum: string }>()
  const rows = await clickhouse.query(
    'SELECT name, max(step) AS steps, argMax(checksum, step) AS sum FROM migrations GROUP BY name',
    {},
    { name: text, steps: count, sum: text },
  )
  return new Map(rows.map(({ name, steps, sum }) => [name, { steps, checksum: sum }]))
}

async function refusePinned(options: MigrateOptions): Promise<void> {
  if ((await options.pinned?.()) !== true) return
  throw new LcError(
    'LC_MIGRATION_PINNED',
    'A range of the topic is pinned: it is being inserted, or was when the store was killed.',
    'Start the store once with the old version so that it finishes the range, then migrate.',
  )
}

async function apply(clickhouse: ClickHouse, migration: Owed, clock: Clock): Promise<void> {
  for (const [index, statement] of migration.statements.entries()) {
    const step = index + 1
    if (step <= migration.done) continue
    await clickhouse.command(statement)
    await clickhouse.command(
      'INSERT INTO migrations SETTINGS async_insert = 0 SELECT {name:String}, {step:UInt32}, {checksum:String}, toDateTime({at:Int64})',
      { name: migration.name, step, checksum: migration.checksum, at: Math.floor(clock.now() / 1000) },
    )
  }
}
