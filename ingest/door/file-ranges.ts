import { PART_BYTES, PART_RECORDS } from '../../services/domain/block.ts'
import { type LogRecord, RecordSplitter } from '../records/split.ts'

/** Records that lie together in a file: bytes [from, to). */
export interface FileRange {
  readonly from: number
  readonly to: number
  readonly records: readonly LogRecord[]
}

/** Bytes of the (decoded) file from a position on, at most `most`; none at the end of what is written. */
export type ReadAt = (position: number, most: number) => Promise<Buffer>

const CHUNK = 262_144

/** Reads an open file from a position on, record by record, as far as it has been written, or up to `limit`. */
export class FileRanges {
  readonly #readAt: ReadAt
  readonly #splitter = new RecordSplitter()
  /** Where the splitter began: its offsets count from there. */
  readonly #base: number
  readonly #limit: number
  #read: number
  #taken: number
  #next: LogRecord | undefined

  constructor(readAt: ReadAt, position: number, limit = Number.POSITIVE_INFINITY) {
    this.#readAt = readAt
    this.#base = position
    this.#limit = limit
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
    const most = Math.min(CHUNK, this.#limit - this.#read)
    if (most <= 0) return false
    const chunk = await this.#readAt(this.#read, most)
    if (chunk.length === 0) return false
    this.#read += chunk.length
    this.#splitter.push(chunk)
    return true
  }
}

/** The records of exactly [from, to), a range that was cut before. */
export async function rangeAgain(readAt: ReadAt, from: number, to: number): Promise<FileRange> {
  const ranges = new FileRanges(readAt, from, to)
  const records: LogRecord[] = []
  for (let range = await ranges.next(true); range !== undefined; range = await ranges.next(true))
    records.push(...range.records)
  return { from, to, records }
}
