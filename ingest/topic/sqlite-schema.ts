import type { DatabaseSync } from 'node:sqlite'
import { LcError } from '../../services/domain/errors.ts'

const VERSION = 1

/**
 * blocks is the log itself, append-only; partitions keeps what must outlive a trimmed block (the next offset, the
 * last log time) and where the store stands (committed, pin); positions the highest end of each followed source,
 * written in the transaction of its block.
 */
const TABLES = `
  CREATE TABLE blocks (partition INTEGER NOT NULL, offset INTEGER NOT NULL, log_time INTEGER NOT NULL, headers TEXT NOT NULL, payload BLOB NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (partition, offset)) STRICT;
  CREATE TABLE partitions (partition INTEGER PRIMARY KEY, next INTEGER NOT NULL, log_time INTEGER NOT NULL, committed INTEGER NOT NULL, metadata TEXT NOT NULL) STRICT;
  CREATE TABLE positions (key TEXT PRIMARY KEY, position INTEGER NOT NULL, log_time INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`

/** WAL with a sync for every commit: what `append` resolved stands on the disk. `fullfsync` is macOS's real one. */
export function preparePragmas(database: DatabaseSync): void {
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1',
  )
}

/** Makes the tables when the file is new; refuses a file of another version or with another number of partitions. */
export function prepareTables(database: DatabaseSync, partitions: number): void {
  if (versionOf(database) === 0) {
    database.exec('BEGIN IMMEDIATE')
    database.exec(TABLES)
    const add = database.prepare("INSERT INTO partitions VALUES (?, 0, 0, 0, '')")
    for (let partition = 0; partition < partitions; partition++) add.run(partition)
    database.exec(`PRAGMA user_version = ${VERSION}; COMMIT`)
  }
  checkVersion(database)
  const found = countPartitions(database)
  if (found !== partitions) {
    throw new LcError(
      'LC_TOPIC_PARTITIONS',
      `The topic was made with ${found} partitions and is opened with ${partitions}.`,
      'The count is fixed for the life of a topic: set it back, or let the store finish this one and begin a new data folder.',
      2,
    )
  }
}

export function countPartitions(database: DatabaseSync): number {
  return Number(database.prepare('SELECT count(*) AS n FROM partitions').get()?.n ?? 0)
}

/** Refuses a file that a later version wrote. */
export function checkVersion(database: DatabaseSync): void {
  const version = versionOf(database)
  if (version === VERSION) return
  throw new LcError(
    'LC_TOPIC_VERSION',
    `The topic file has version ${version}; this program knows ${VERSION}.`,
    'Run the version of Last Call that wrote it.',
    3,
  )
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0)
}
