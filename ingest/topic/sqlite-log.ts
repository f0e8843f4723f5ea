import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { REPEAT_WINDOW_MS } from '../../services/domain/block.ts'
import { POSITION_MEMORY_MS } from './repeats.ts'
import { preparePragmas, prepareTables } from './sqlite-schema.ts'

/** A stored block is kept this long, so that the window of repeats can be looked at, then it is trimmed. */
const KEEP_MS = REPEAT_WINDOW_MS + 600_000
/** Blocks trimmed in one transaction, and how often that is tried: short ones, so that appends do not wait. */
const TRIM_BLOCKS = 500
const TRIM_EVERY_MS = 10_000
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

export interface RawBlock {
  readonly partition: number
  /** JSON. */
  readonly headers: string
  readonly payload: Uint8Array
  /** Ends of sources with positions in it. */
  readonly positions: readonly { readonly key: string; readonly end: number }[]
}
export interface RawStored {
  readonly offset: number
  readonly logTime: number
  readonly headers: string
  readonly payload: Uint8Array
}
export interface Mark {
  readonly partition: number
  readonly offset: number
  readonly metadata: string
}
export interface ReadRequest {
  readonly partition: number
  readonly from: number
  readonly bytes: number
  readonly count: number
  /** -1 when any will do. */
  readonly least: number
}
export interface SqliteLogOptions {
  readonly file: string
  readonly partitions: number
  /** Bytes the file may hold. */
  readonly limit: number
}

/** Thrown when blocks would not fit under the limit, even after trimming everything stored. */
export class FullError extends Error {}

/** The log on one SQLite file. Everything here blocks its thread: a worker calls it. */
export class SqliteLog {
  readonly #database: DatabaseSync
  readonly #limit: number
  readonly #append: StatementSync
  readonly #advance: StatementSync
  readonly #tail: StatementSync
  readonly #position: StatementSync
  readonly #commit: StatementSync
  readonly #read: StatementSync
  readonly #committed: StatementSync
  readonly #forget: StatementSync
  readonly #pages: readonly [StatementSync, StatementSync, StatementSync]
  #trimmedAt = Number.NEGATIVE_INFINITY

  constructor(options: SqliteLogOptions) {
    const database = new DatabaseSync(options.file, { timeout: 5_000 })
    this.#database = database
    try {
      preparePragmas(database)
      prepareTables(database, options.partitions)
    } catch (error) {
      database.close()
      throw error
    }
    this.#limit = options.limit
    this.#append = database.prepare('INSERT INTO blocks VALUES (?, ?, ?, ?, ?, ?)')
    this.#advance = database.prepare('UPDATE partitions SET next = ?, log_time = ? WHERE partition = ?')
    this.#tail = database.prepare('SELECT next, log_time FROM partitions WHERE partition = ?')
    this.#position = database.prepare(
      'INSERT INTO positions VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET position = max(position, excluded.position), log_time = excluded.log_time',
    )
    this.#commit = database.prepare('UPDATE partitions SET committed = ?, metadata = ? WHERE partition = ?')
    this.#read = database.prepare(
      'SELECT offset, log_time, headers, payload, size FROM blocks WHERE partition = ? AND offset >= ? ORDER BY offset',
    )
    this.#committed = database.prepare('SELECT partition, committed FROM partitions')
    this.#forget = database.prepare(
      `DELETE FROM blocks WHERE rowid IN (SELECT rowid FROM (SELECT rowid, log_time FROM blocks
       WHERE partition = ? AND offset < ? ORDER BY offset LIMIT ${TRIM_BLOCKS}) WHERE log_time < ?)`,
    )
    this.#pages = [
      database.prepare('PRAGMA page_count'),
      database.prepare('PRAGMA freelist_count'),
      database.prepare('PRAGMA page_size'),
    ]
  }

  /** One transaction, durable when it returns: all of it or nothing. `now` is milliseconds UTC. */
  write(blocks: readonly RawBlock[], marks: readonly Mark[], now: number): void {
    const packed = blocks.map(({ payload }) => (payload.length === 0 ? payload : zstdCompressSync(payload, ZSTD)))
    this.#transaction(() => {
      // First: what is committed may be trimmed.
      for (const mark of marks) this.#commit.run(mark.offset, mark.metadata, mark.partition)
      this.#makeRoom(
        packed.reduce((sum, payload, i) => sum + payload.length + (blocks[i]?.headers.length ?? 0) + 256, 0),
        now,
      )
      for (const [i, block] of blocks.entries()) this.#appendOne(block, packed[i] ?? block.payload, now)
    })
  }

  /** Blocks from `from` on, until `bytes` or `count` is reached; the one at `least` is always among them, and one at least. */
  read({ partition, from, bytes, count, least }: ReadRequest): RawStored[] {
    const blocks: RawStored[] = []
    let held = 0
    for (const row of this.#read.iterate(partition, from)) {
      const size = Number(row.size)
      const free = blocks.length > 0 && Number(row.offset) > least
      if (free && (held + size > bytes || blocks.length >= count)) break
      const packed = row.payload instanceof Uint8Array ? row.payload : new Uint8Array(0)
      const payload = packed.length === 0 ? packed : zstdDecompressSync(packed, { maxOutputLength: Math.max(size, 1) })
      blocks.push({ offset: Number(row.offset), logTime: Number(row.log_time), headers: String(row.headers), payload })
      held += size
    }
    return blocks
  }

  committed(partition: number): { offset: number; metadata: string } {
    const row = this.#database.prepare('SELECT committed, metadata FROM partitions WHERE partition = ?').get(partition)
    return { offset: Number(row?.committed ?? 0), metadata: String(row?.metadata ?? '') }
  }

  ends(): number[] {
    return this.#database
      .prepare('SELECT next FROM partitions ORDER BY partition')
      .all()
      .map(row => Number(row.next))
  }

  positionOf(key: string): number | undefined {
    const row = this.#database.prepare('SELECT position FROM positions WHERE key = ?').get(key)
    return row === undefined ? undefined : Number(row.position)
  }

  /** Bytes in use: what the limit is held against. */
  used(): number {
    const [count, free, size] = this.#pages.map(statement => Number(Object.values(statement.get() ?? {})[0] ?? 0))
    return ((count ?? 0) - (free ?? 0)) * (size ?? 0)
  }

  close(): void {
    this.#database.close()
  }

  #appendOne(block: RawBlock, packed: Uint8Array, now: number): void {
    const tail = this.#tail.get(block.partition)
    if (tail === undefined) throw new RangeError(`no partition ${block.partition}`)
    const next = Number(tail.next)
    // The log's own time never goes back, whatever the machine's clock does.
    const logTime = Math.max(Number(tail.log_time), now)
    this.#append.run(block.partition, next, logTime, block.headers, packed, block.payload.length)
    this.#advance.run(next + 1, logTime, block.partition)
    for (const { key, end } of block.positions) this.#position.run(key, end, logTime)
  }

  /** Trims what is stored and old; when it would not fit, what is stored and young as well. */
  #makeRoom(bytes: number, now: number): void {
    if (now - this.#trimmedAt >= TRIM_EVERY_MS) {
      this.#trim(now - KEEP_MS)
      this.#database.prepare('DELETE FROM positions WHERE log_time < ?').run(now - POSITION_MEMORY_MS)
      this.#trimmedAt = now
    }
    if (bytes === 0) return
    while (this.used() + bytes > this.#limit)
      if (this.#trim(Number.MAX_SAFE_INTEGER) === 0) throw new FullError('disk limit')
  }

  /** Oldest first; a partition's log time never goes back, so the first one too young ends its search. */
  #trim(before: number): number {
    let trimmed = 0
    for (const { partition, committed } of this.#committed.all()) {
      trimmed += Number(this.#forget.run(partition ?? 0, committed ?? 0, before).changes)
    }
    return trimmed
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#database.exec('COMMIT')
    } catch (error) {
      // SQLite has rolled back by itself after a full disk; a second ROLLBACK would hide the reason.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }
}
