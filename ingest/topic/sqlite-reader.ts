import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { zstdDecompressSync } from 'node:zlib'
import type { BlockHeaders, StoredBlock } from '../../services/domain/block.ts'
import { LcError } from '../../services/domain/errors.ts'
import { rowsOf } from '../block/native.ts'
import { checkVersion, countPartitions } from './sqlite-schema.ts'
import { TOPIC_FILE } from './sqlite-topic.ts'

export interface TopicReader {
  readonly partitions: number
  /** At most `count` blocks of a partition, from the first one at or after `from`. */
  read(partition: number, from: bigint, count: number): StoredBlock[]
  close(): void
}

/**
 * Looks into the topic of a data folder without touching it, also while a process works there.
 * Throws LC_TOPIC_ABSENT (exit 2) when there is none, LC_TOPIC_VERSION when a later version wrote it.
 */
export function readTopic(folder: string): TopicReader {
  const file = join(folder, TOPIC_FILE)
  if (!existsSync(file))
    throw new LcError('LC_TOPIC_ABSENT', `There is no topic in ${folder}.`, 'Name the data folder with `--data`.', 2)
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
  try {
    checkVersion(database)
  } catch (error) {
    database.close()
    throw error
  }
  const read = database.prepare(
    'SELECT offset, log_time, headers, payload, size FROM blocks WHERE partition = ? AND offset >= ? ORDER BY offset LIMIT ?',
  )
  return {
    partitions: countPartitions(database),
    read: (partition, from, count) =>
      read.all(partition, from, count).map(row => {
        const packed = row.payload instanceof Uint8Array ? row.payload : new Uint8Array(0)
        const payload =
          packed.length === 0 ? packed : zstdDecompressSync(packed, { maxOutputLength: Math.max(Number(row.size), 1) })
        const headers: BlockHeaders = JSON.parse(String(row.headers))
        return {
          headers,
          payload,
          rows: rowsOf(payload),
          partition,
          offset: BigInt(Number(row.offset)),
          logTime: Number(row.log_time),
        }
      }),
    close: () => database.close(),
  }
}
