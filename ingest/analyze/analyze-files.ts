import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { LcError } from '../../services/domain/errors.ts'
import { unparsed } from '../../services/domain/outcome.ts'
import type { SourceReader } from '../collect/source-reader.ts'
import { decodeStream } from '../records/decode-stream.ts'
import { RecordSplitter } from '../records/split.ts'
import type { UsageTable } from './usage-table.ts'

/** Told as bytes go by: how many of the files' bytes (as they lie on disk) have been read. */
export type OnProgress = (bytes: number) => void

/**
 * Reads log files (plain, gzip, zstd; `-` is `stdin`) through one reader into a table, a chunk at a time.
 * A compressed file that is cut counts its whole records and one unparsed line. Throws LC_FILE_READ.
 */
export async function analyzeFile(
  path: string,
  stdin: AsyncIterable<Buffer>,
  reader: SourceReader,
  received: number,
  table: UsageTable,
  onProgress: OnProgress,
): Promise<void> {
  const splitter = new RecordSplitter()
  const onLine = table.count.bind(table)
  const drain = (): void => {
    for (let record = splitter.read(); record !== undefined; record = splitter.read())
      reader.read(record, received, onLine)
  }
  for await (const piece of decodeStream(counted(path === '-' ? stdin : await opened(path), onProgress))) {
    if (piece.kind === 'broken') {
      // Whole records before the cut have been counted; whatever came after them is this one line.
      table.count('', unparsed('encoding'))
      return
    }
    splitter.push(piece.bytes)
    drain()
  }
  splitter.end()
  drain()
}

async function opened(path: string): Promise<AsyncIterable<Buffer>> {
  try {
    if ((await stat(path)).isDirectory()) throw new Error('is a folder')
    return createReadStream(path, { highWaterMark: 262_144 })
  } catch (error) {
    throw new LcError(
      'LC_FILE_READ',
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Name a log file, or - for standard input.',
      2,
    )
  }
}

async function* counted(chunks: AsyncIterable<Buffer>, onProgress: OnProgress): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    onProgress(bytes)
    yield chunk
  }
}
