import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { ClickHouse } from '../../services/platform/clickhouse.ts'
import { faultNumber } from '../../services/platform/clickhouse-errors.ts'
import { text } from '../../services/platform/clickhouse-rows.ts'

/** After so long a lock was left by a process that died. */
const STALE_SECONDS = 900
const TABLE_ALREADY_EXISTS = 57

/**
 * Lets one process migrate at a time, on a server: creating a table either succeeds or says that it is there.
 * In the embedded store the folder's own lock does it. Throws LC_MIGRATION_LOCKED.
 */
export async function withMigrationLock<T>(clickhouse: ClickHouse, clock: Clock, work: () => Promise<T>): Promise<T> {
  if (clickhouse.embedded) return work()
  await take(clickhouse, Math.floor(clock.now() / 1000))
  try {
    return await work()
  } finally {
    await clickhouse.command('DROP TABLE IF EXISTS migration_lock')
  }
}

async function take(clickhouse: ClickHouse, now: number): Promise<void> {
  const create = `CREATE TABLE migration_lock (since UInt32) ENGINE = Null COMMENT '${now}'`
  try {
    await clickhouse.command(create)
  } catch (error) {
    if (faultNumber(error) !== TABLE_ALREADY_EXISTS) throw error
    const sql = "SELECT comment FROM system.tables WHERE database = currentDatabase() AND name = 'migration_lock'"
    const since = Number((await clickhouse.query(sql, {}, { comment: text }))[0]?.comment ?? 0)
    if (now - since < STALE_SECONDS) {
      throw new LcError(
        'LC_MIGRATION_LOCKED',
        'Another process migrates these tables.',
        'Wait for it. If it was killed, the lock ends by itself 15 minutes after it was taken (table migration_lock).',
      )
    }
    await clickhouse.command('DROP TABLE IF EXISTS migration_lock')
    await clickhouse.command(create)
  }
}
