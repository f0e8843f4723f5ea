import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { PART_BYTES, PART_RECORDS } from '../../services/domain/block.ts'
import { LcError } from '../../services/domain/errors.ts'
import type { Receipt } from '../collect/tallies.ts'
import { emptyReceipt } from '../collect/tallies.ts'
import { decodeStream } from '../records/decode-stream.ts'
import { type LogRecord, RecordSplitter } from '../records/split.ts'

/** Where the ranges of an imported file go: a running process's `POST /ingest/{source}`. */
export interface RangeSender {
  /** Sends decoded bytes [from, to) of the file known as `identity`; resolves with what they came to once they are durable. */
  send(source: string, identity: string, from: number, to: number, bytes: Buffer): Promise<Receipt>
}

/**
 * Reads a file twice: once for its digest, which is its identity, and once to send it in ranges that end between
 * records. A range that was taken before is a repeat, so an import that was cut is simply started again.
 * `onProgress` is told the bytes on disk read in the second pass. Throws LC_FILE_READ.
 */
export async function importFile(
  path: string,
  source: string,
  sender: RangeSender,
  onProgress: (bytes: number) => void,
): Promise<Receipt> {
  const identity = await digestOf(path)
  const chunks = createReadStream(path, { highWaterMark: 262_144 }) as AsyncIterable<Buffer>
  return sendRanges({ identity, chunks, source, sender, onProgress, live: false })
}

/**
 * Standard input cannot be read again: it has no identity but that of this run, and what is under way when the run dies
 * is lost. What has come is sent at once, so that a pipe which never ends is stored as it flows.
 */
export async function importStream(
  chunks: AsyncIterable<Buffer>,
  source: string,
  sender: RangeSender,
  onProgress: (bytes: number) => void,
): Promise<Receipt> {
  const identity = randomBytes(32).toString('hex')
  return sendRanges({ identity, chunks, source, sender, onProgress, live: true })
}

interface Sent {
  readonly identity: string
  readonly chunks: AsyncIterable<Buffer>
  readonly source: string
  readonly sender: RangeSender
  readonly onProgress: (bytes: number) => void
  readonly live: boolean
}

async function sendRanges({ identity, chunks, source, sender, onProgress, live }: Sent): Promise<Receipt> {
  const receipt = emptyReceipt()
  const splitter = new RecordSplitter()
  let open: LogRecord[] = []
  let from = 0
  const flush = async (): Promise<void> => {
    const last = open.at(-1)
    if (last === undefined) return
    add(
      receipt,
      await sender.send(
        source,
        identity,
        from,
        last.end,
        Buffer.concat(open.flatMap(record => [record.tooLong ? TOO_LONG : record.bytes, NEWLINE])),
      ),
    )
    from = last.end
    open = []
  }
  const drain = async (): Promise<void> => {
    for (let record = splitter.read(); record !== undefined; record = splitter.read()) {
      open.push(record)
      if (open.length >= PART_RECORDS || record.end - from >= PART_BYTES) await flush()
    }
  }
  let bytes = 0
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length
      onProgress(bytes)
      yield chunk
    }
  }
  for await (const piece of decodeStream(counted())) {
    if (piece.kind === 'broken') {
      await flush()
      add(receipt, await sender.send(source, identity, from, from + 1, BROKEN))
      return receipt
    }
    splitter.push(piece.bytes)
    await drain()
    if (live) await flush()
  }
  splitter.end()
  await drain()
  await flush()
  return receipt
}

const NEWLINE = Buffer.from('\n')
/** Stands for the part of a file that would not decompress: one line that no format reads. */
const BROKEN = Buffer.from('(the rest of the file does not decompress)')
/** Stands for a record over the cap, of which only the head is here: that alone might pass for a call. */
const TOO_LONG = Buffer.from('(a record that is too long)')

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    // Of what it says, not of how it was packed: access.log.1 and access.log.1.gz are one file.
    for await (const piece of decodeStream(
      createReadStream(path, { highWaterMark: 1_048_576 }) as AsyncIterable<Buffer>,
    )) {
      // Cut, it is another file than one of just what stands in it: it has one line more.
      hash.update(piece.kind === 'bytes' ? piece.bytes : BROKEN)
    }
  } catch (error) {
    throw new LcError(
      'LC_FILE_READ',
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Name a log file that this user may read.',
      2,
    )
  }
  return hash.digest('hex')
}

function add(total: Receipt, part: Receipt): void {
  total.lines += part.lines
  total.calls += part.calls
  total.unparsed += part.unparsed
  for (const [reason, lines] of Object.entries(part.dropped))
    total.dropped[reason] = (total.dropped[reason] ?? 0) + lines
}
