import { DatabaseSync } from 'node:sqlite'
import { DEAD_TOPIC } from '../../services/domain/block.ts'

/** A row that ClickHouse refuses, where it stood and why. Its values were scrubbed before they came to the topic. */
export interface DeadLetter {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly row: number
  readonly reason: string
  /** Column → value, as text. */
  readonly values: Readonly<Record<string, string>>
}

/** Where the store puts rows that cannot be stored. The same origin twice is one letter. */
export interface DeadLetterBox {
  /** Resolves when all of them are durable. */
  put(letters: readonly DeadLetter[]): Promise<void>
  close(): void | Promise<void>
}

/** A box that can be looked into. */
export interface DeadLetters extends DeadLetterBox {
  count(): Promise<number>
  /** In the order of origins, at most `most`. */
  list(most: number): readonly DeadLetter[]
  close(): void
}

/** Embedded: a table in SQLite, beside the topic. */
export function openDeadLetters(file: string): DeadLetters {
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS "${DEAD_TOPIC}" (topic TEXT, partition INTEGER, "offset" INTEGER, "row" INTEGER, reason TEXT, "values" TEXT, PRIMARY KEY (topic, partition, "offset", "row")) STRICT`)
  const insert = database.prepare(`INSERT OR IGNORE INTO "${DEAD_TOPIC}" VALUES (?, ?, ?, ?, ?, ?)`)
  return {
    async put(letters) {
      database.exec('BEGIN IMMEDIATE')
      try {
        for (const it of letters)
          insert.run(it.topic, it.partition, it.offset, it.row, it.reason, JSON.stringify(it.values))
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
    },
    async count() {
      return Number(database.prepare(`SELECT count(*) AS n FROM "${DEAD_TOPIC}"`).get()?.n ?? 0)
    },
    list(most) {
      const rows = database
        .prepare(`SELECT * FROM "${DEAD_TOPIC}" ORDER BY topic, partition, "offset", "row" LIMIT ?`)
        .all(most)
      return rows.map(row => ({
        topic: String(row.topic),
        partition: Number(row.partition),
        offset: BigInt(String(row.offset)),
        row: Number(row.row),
        reason: String(row.reason),
        values: JSON.parse(String(row.values)),
      }))
    },
    close: () => database.close(),
  }
}
