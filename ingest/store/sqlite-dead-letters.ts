import { DatabaseSync } from 'node:sqlite'
import { DEAD_TOPIC } from '../../services/domain/block.ts'
import type { DeadLetter, DeadLetterBox } from './dead-letters.ts'

/** A box that can be looked into. */
export interface DeadLetters extends DeadLetterBox {
  /** Letters that nobody has marked. */
  count(): Promise<number>
  /** In the order of origins, at most `most`; with `all` those marked as well. */
  list(most: number, all?: boolean): readonly DeadLetter[]
  close(): void
}

const MARKS = `${DEAD_TOPIC}.marks`
const ORIGIN = 'topic, partition, "offset", "row"'
const SCHEMA = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS "${DEAD_TOPIC}" (topic TEXT, partition INTEGER, "offset" INTEGER, "row" INTEGER, reason TEXT, "values" TEXT, PRIMARY KEY (${ORIGIN})) STRICT;
  CREATE TABLE IF NOT EXISTS "${MARKS}" (topic TEXT, partition INTEGER, "offset" INTEGER, "row" INTEGER, state TEXT, reason TEXT, at INTEGER, PRIMARY KEY (${ORIGIN})) STRICT`

/** Embedded: tables in SQLite, beside the topic. */
export function openDeadLetters(file: string): DeadLetters {
  const database = new DatabaseSync(file)
  database.exec(SCHEMA)
  const insert = database.prepare(`INSERT OR IGNORE INTO "${DEAD_TOPIC}" VALUES (?, ?, ?, ?, ?, ?)`)
  const mark = database.prepare(`INSERT OR IGNORE INTO "${MARKS}" VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const joined = `FROM "${DEAD_TOPIC}" AS letter LEFT JOIN (SELECT ${ORIGIN}, state, reason AS because, at FROM "${MARKS}") USING (${ORIGIN})`
  const all = (work: () => void): void => {
    database.exec('BEGIN IMMEDIATE')
    try {
      work()
      database.exec('COMMIT')
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }
  return {
    async put(letters) {
      all(() => {
        for (const it of letters)
          insert.run(it.topic, it.partition, it.offset, it.row, it.reason, JSON.stringify(it.values))
      })
    },
    async mark(letters, { state, reason, at }) {
      all(() => {
        for (const it of letters) mark.run(it.topic, it.partition, it.offset, it.row, state, reason, at)
      })
    },
    async count() {
      return Number(database.prepare(`SELECT count(*) AS n ${joined} WHERE state IS NULL`).get()?.n ?? 0)
    },
    list(most, all = false) {
      const rows = database
        .prepare(`SELECT * ${joined} ${all ? '' : 'WHERE state IS NULL'} ORDER BY ${ORIGIN} LIMIT ?`)
        .all(most)
      return rows.map(row => ({
        topic: String(row.topic),
        partition: Number(row.partition),
        offset: BigInt(String(row.offset)),
        row: Number(row.row),
        reason: String(row.reason),
        values: JSON.parse(String(row.values)),
        ...(row.state === 'replayed' || row.state === 'dropped'
          ? { mark: { state: row.state, reason: String(row.because), at: Number(row.at) } }
          : {}),
      }))
    },
    close: () => database.close(),
  }
}
