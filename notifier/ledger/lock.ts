import { DatabaseSync } from 'node:sqlite'
import { LcError } from '../../services/domain/errors.ts'

export interface NotifyLock {
  release(): void
}

/**
 * One `notify` at a time on one ledger. The lock is the operating system's (held through a SQLite file that carries
 * nothing): it ends with the process, however that ends, so there is no lease to take over.
 * @throws LcError LC_NOTIFY_RUNNING when another one works.
 */
export function lockNotify(ledgerFile: string): NotifyLock {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(`${ledgerFile}.lock`, { timeout: 0 })
    db.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    const held = db
    return { release: () => held.close() }
  } catch (cause) {
    db?.close()
    const busy = cause instanceof Error && 'errcode' in cause && (cause.errcode === 5 || cause.errcode === 6)
    if (busy) {
      throw new LcError(
        'LC_NOTIFY_RUNNING',
        `Another notify works on ${ledgerFile}.`,
        'Wait until it is done, or stop it.',
        3,
        { cause },
      )
    }
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new LcError(
      'LC_NOTIFY_LOCK',
      `${ledgerFile}.lock cannot be made: ${why}.`,
      'Give a folder on a local disk that this user may write to.',
      3,
      { cause },
    )
  }
}
