import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LcError } from '../../services/domain/errors.ts'

export interface FolderLock {
  release(): void
}

/**
 * Makes `folder` (mode 0700) and takes it for this process until `release` or the process's end, however it ends:
 * the lock is the operating system's, held through a SQLite file that carries nothing else.
 * Throws LC_DATA_LOCKED when somebody holds it, LC_DATA_FOLDER when it cannot be made or written.
 */
export function lockFolder(folder: string): FolderLock {
  let database: DatabaseSync | undefined
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    database = new DatabaseSync(join(folder, 'topic.lock'), { timeout: 0 })
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    const held = database
    return { release: () => held.close() }
  } catch (error) {
    database?.close()
    if (isBusy(error)) {
      throw new LcError(
        'LC_DATA_LOCKED',
        `Another process works in the data folder ${folder}.`,
        'Stop it, ask it through its address (`--url`), or take another folder (`--data`).',
        3,
        { cause: error },
      )
    }
    throw new LcError(
      'LC_DATA_FOLDER',
      `The data folder ${folder} cannot be used: ${error instanceof Error ? error.message : error}.`,
      'Give a folder this user may write to, on a disk with room (`--data`).',
      3,
      { cause: error },
    )
  }
}

/** SQLITE_BUSY. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5
}
