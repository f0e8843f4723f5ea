import { DatabaseSync } from 'node:sqlite'
import { LcError } from '../domain/errors.ts'

export interface FolderLock {
  release(): void
}

/**
 * Holds `file` for this process by an operating system lock (SQLite's): it ends with the process, however that
 * ends, and no stale lock is ever left. Throws LC_DATA_LOCKED when somebody holds it.
 */
export function lockFolder(file: string, what: string): FolderLock {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file)
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    db?.close()
    if (isBusy(error)) {
      throw new LcError(
        'LC_DATA_LOCKED',
        `Another process works on ${what}.`,
        'Stop it, or ask it: --url http://127.0.0.1:8080',
        3,
        { cause: error },
      )
    }
    throw error
  }
  const held = db
  return { release: () => held.close() }
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY, SQLITE_LOCKED (sqlite.org/rescode.html)
  return error instanceof Error && 'errcode' in error && (error.errcode === 5 || error.errcode === 6)
}
