import { type FileHandle, open } from 'node:fs/promises'
import { decodeStream, type Piece } from '../records/decode-stream.ts'
import type { ReadAt } from './file-ranges.ts'

/** Names under which rotation leaves compressed files that are read. */
export const PACKED = /\.(gz|zst)$/

/** An open log file, plain or compressed; positions are those of the decoded bytes. */
export interface LogFile {
  readonly device: string
  readonly inode: string
  readonly readAt: ReadAt
  /** It has at least so many decoded bytes. */
  reaches(position: number): Promise<boolean>
  /** Bytes on disk, and whether any folder still names it. */
  stat(): Promise<{ readonly size: number; readonly named: boolean }>
  /** Its last write, nanoseconds since 1970. */
  written(): Promise<bigint>
  close(): Promise<void>
}

/** Undefined when nothing stands under the path. */
export async function openLog(path: string): Promise<LogFile | undefined> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const { dev, ino } = await file.stat({ bigint: true })
    const packed = PACKED.test(path) ? new Unpacked(file) : undefined
    const readAt = packed === undefined ? plain(file) : (at: number, most: number) => packed.read(at, most)
    const stat = async () => {
      const { size, nlink } = await file.stat()
      return { size, named: nlink > 0 }
    }
    return {
      device: String(dev),
      inode: String(ino),
      readAt,
      reaches: async position =>
        packed === undefined
          ? (await file.stat()).size >= position
          : position === 0 || (await readAt(position - 1, 1)).length > 0,
      stat,
      written: async () => (await file.stat({ bigint: true })).mtimeNs,
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

const plain =
  (file: FileHandle): ReadAt =>
  async (position, most) => {
    const chunk = Buffer.allocUnsafe(most)
    const { bytesRead } = await file.read(chunk, 0, most, position)
    return chunk.subarray(0, bytesRead)
  }

/** Decoded from the beginning as often as somebody goes back; memory: one piece. What follows a damaged place is not there. */
class Unpacked {
  readonly #file: FileHandle
  #pieces: AsyncGenerator<Piece> | undefined
  #rest: Buffer = Buffer.alloc(0)
  /** Decoded position of `#rest`. */
  #at = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  async read(position: number, most: number): Promise<Buffer> {
    if (this.#pieces === undefined || position < this.#at) {
      this.#pieces = decodeStream(chunks(this.#file))
      this.#rest = Buffer.alloc(0)
      this.#at = 0
    }
    while (this.#at + this.#rest.length <= position) {
      this.#at += this.#rest.length
      this.#rest = Buffer.alloc(0)
      const { value, done } = await this.#pieces.next()
      if (done || value.kind === 'broken') return this.#rest
      this.#rest = value.bytes
    }
    const from = position - this.#at
    return this.#rest.subarray(from, from + most)
  }
}

async function* chunks(file: FileHandle): AsyncGenerator<Buffer> {
  const read = plain(file)
  for (let at = 0; ; ) {
    const chunk = await read(at, 65_536)
    if (chunk.length === 0) return
    at += chunk.length
    yield chunk
  }
}
