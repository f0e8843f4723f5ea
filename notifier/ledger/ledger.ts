import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { LcError } from '../../services/domain/errors.ts'
import type { Row } from './row.ts'
import { createSchema, SCHEMA_VERSION } from './schema.ts'

/**
 * The ledger's file: SQLite in WAL mode with every commit on the disk before it returns. One process moves states
 * (`notify`, under its lock); others read, and append commands. Transactions are short and immediate.
 */
export class Ledger {
  readonly file: string
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  #open = false

  private constructor(file: string, db: DatabaseSync) {
    this.file = file
    this.#db = db
  }

  /**
   * Opens the ledger, and makes it (mode 0600) where there is none.
   * @throws LcError LC_LEDGER_OPEN when the file cannot be used, LC_LEDGER_VERSION when a newer Last Call wrote it.
   */
  static open(file: string): Ledger {
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      const db = new DatabaseSync(file, { timeout: 10_000 })
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
      chmodSync(file, 0o600)
      const ledger = new Ledger(file, db)
      ledger.#prepareFile()
      return ledger
    } catch (error) {
      if (error instanceof LcError) throw error
      throw cannotOpen(file, error)
    }
  }

  /** For readers: undefined where no ledger has been made yet. */
  static openExisting(file: string): Ledger | undefined {
    return existsSync(file) ? Ledger.open(file) : undefined
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values)
  }
  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values)
  }
  each(sql: string, ...values: SQLInputValue[]): IterableIterator<Row> {
    return this.#statement(sql).iterate(...values)
  }
  /** Gives how many rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes)
  }

  /** All or nothing; inside another transaction it is part of that one. */
  transaction<T>(work: () => T): T {
    if (this.#open) return work()
    this.#db.exec('BEGIN IMMEDIATE')
    this.#open = true
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    } finally {
      this.#open = false
    }
  }

  meta(name: string): string | undefined {
    const value = this.get('SELECT value FROM meta WHERE name = ?', name)?.value
    return typeof value === 'string' ? value : undefined
  }
  setMeta(name: string, value: string): void {
    this.run(
      'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      name,
      value,
    )
  }

  /** Another number whenever somebody has changed the ledger, through this connection or another. */
  version(): number {
    const others = Number(this.get('PRAGMA data_version')?.data_version ?? 0)
    const own = Number(this.get('SELECT total_changes() AS n')?.n ?? 0)
    return others * 2 ** 32 + own
  }

  /** Marks a file that is not where it was made: a copy must not send what the original may have sent. */
  place(): string {
    const { dev, ino } = statSync(this.file, { bigint: true })
    return `${dev}:${ino}`
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #prepareFile(): void {
    this.transaction(() => {
      const version = Number(this.#db.prepare('PRAGMA user_version').get()?.user_version ?? 0)
      if (version > SCHEMA_VERSION) {
        throw new LcError(
          'LC_LEDGER_VERSION',
          `${this.file} was written by a newer Last Call.`,
          'Use that version; nothing was changed.',
          3,
        )
      }
      if (version > 0) return
      createSchema(this.#db)
      this.setMeta('secret', randomBytes(32).toString('hex'))
      this.setMeta('place', this.place())
    })
  }
}

function cannotOpen(file: string, cause: unknown): LcError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new LcError(
    'LC_LEDGER_OPEN',
    `The ledger ${file} cannot be opened: ${why}.`,
    'Give a folder on a local disk that this user may write to (`--data`).',
    3,
    { cause },
  )
}
