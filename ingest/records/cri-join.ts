import { MAX_RECORD_BYTES } from './record.ts'

const SPACE = 0x20

/**
 * Kubernetes' CRI cuts long lines: `<time> stdout P part`, …, `<time> stdout F rest`. Offset of the content in such a
 * line, 0 when `line` is none; negative when more of it is to come.
 */
export function criContent(line: Uint8Array, from: number, to: number): number {
  // 2025-12-31T17:37:40.493035218+01:00: the cheap looks first, every text line passes here.
  if (to - from < 30 || line[from + 10] !== 0x54 || line[from + 4] !== 0x2d || line[from + 13] !== 0x3a) return 0
  let at = from + 19
  const most = Math.min(to, from + 40)
  while (at < most && line[at] !== SPACE) at++
  // ` stdout P ` or ` stderr F `
  if (
    line[at] !== SPACE ||
    line[at + 1] !== 0x73 ||
    line[at + 2] !== 0x74 ||
    line[at + 3] !== 0x64 ||
    line[at + 7] !== SPACE ||
    line[at + 9] !== SPACE
  )
    return 0
  const flag = line[at + 8]
  if (at + 10 > to) return 0
  return flag === 0x46 ? at + 10 - from : flag === 0x50 ? -(at + 10 - from) : 0
}

/** The parts of one cut line, waiting for the last. */
export class CriJoin {
  #parts: Buffer[] = []
  #bytes = 0
  start = 0
  end = 0

  get waiting(): boolean {
    return this.#parts.length > 0
  }

  /** Is `line` of the stream (stdout, stderr) whose parts wait? */
  continues(line: Buffer, content: number): boolean {
    const first = this.#parts[0]
    if (first === undefined) return false
    const own = -criContent(first, 0, first.length)
    return first[own - 4] === line[content - 4]
  }

  /** Adds a part: the first one whole, the others from their content on. Offsets are the line's in the stream. */
  add(line: Buffer, content: number, start: number, end: number): void {
    if (this.#parts.length === 0) this.start = start
    const part = this.#parts.length === 0 ? line : line.subarray(content)
    this.end = end
    this.#bytes += part.length
    // Beyond the cap only the length counts: the record will be too long.
    if (this.#bytes <= MAX_RECORD_BYTES) this.#parts.push(part)
  }

  get tooLong(): boolean {
    return this.#bytes > MAX_RECORD_BYTES
  }

  /** The joined line, marked `F` when `whole`; forgets the parts. */
  take(whole: boolean): Buffer {
    const joined = Buffer.concat(this.#parts)
    if (whole) joined[-criContent(joined, 0, joined.length) - 2] = 0x46
    this.#parts = []
    this.#bytes = 0
    return joined
  }
}
