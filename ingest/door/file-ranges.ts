import type { FileHandle } from 'node:fs/promises'
import { PART_BYTES, PART_RECORDS } from '../../services/domain/block.ts'
import { type LogRecord, RecordSplitter } from '../records/split.ts'

/** Records that lie together in a file: bytes [from, to). */
export interface FileRange {
  readonly from: number
  readonly to: number
  readonly records: readonly LogRecord[]
}

const CHUNK = 262_144

/** Reads an open file from a position on, record by record, as far as it has been written. */
export class FileRanges {
  readonly #file: FileHandle
  readonly #splitter = new RecordSplitter()
  /** Where the splitter began: its offsets count from there. */
  readonly #base: number
  #read: number
  #taken: number
  #next: LogRecord | undefined

  constructor(file: FileHandle, position: number) {
    this.#file = file
    this.#base = position
    this.#read = position
    this.#taken = position
  }

  /** End of the last range handed out. */
  get position(): number {
    return this.#taken
  }

  /** How far the file itself has been read: at least `position`, more while a line is unfinished. */
  get readTo(): number {
    return this.#read
  }

  /** The next range, or undefined at the end of what is written. `final`: nobody will write to it again, so an unfinished last line is a line. */
  async next(final: boolean): Promise<FileRange | undefined> {
    const records: LogRecord[] = []
    const from = this.#taken
    let to = from
    while (records.length < PART_RECORDS && to - from < PART_BYTES) {
      const record = this.#next ?? this.#splitter.read()
      this.#next = undefined
      if (record !== undefined) {
        records.push(record)
        to = this.#base + record.end
      } else if (!(await this.#more())) {
        if (!final) break
        this.#splitter.end()
        this.#next = this.#splitter.read()
        if (this.#next === undefined) break
      }
    }
    if (records.length === 0) return undefined
    this.#taken = to
    return { from, to, records }
  }

  async #more(): Promise<boolean> {
    const chunk = Buffer.allocUnsafe(CHUNK)
    const { bytesRead } = await this.#file.read(chunk, 0, CHUNK, this.#read)
    if (bytesRead === 0) return false
    this.#read += bytesRead
    this.#splitter.push(chunk.subarray(0, bytesRead))
    return true
  }
}
