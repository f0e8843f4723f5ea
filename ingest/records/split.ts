import { CriJoin, criContent } from './cri-join.ts'
import { FlatLine } from './flat-line.ts'
import { CLOSED, JsonScan, MORE } from './json-scan.ts'
import { countedEnd } from './octet-count.ts'
import { openingOf } from './open-envelope.ts'
import { HEAD_BYTES, type LogRecord, MAX_ELEMENT_BYTES, MAX_RECORD_BYTES } from './record.ts'

export { type LogRecord, MAX_RECORD_BYTES } from './record.ts'

const NEWLINE = 0x0a
const BRACE = 0x7b
const BRACKET = 0x5b
const QUOTE = 0x22
/** Arrays in arrays beyond this are one record. */
const MAX_NESTING = 16

type Phase = 'ready' | 'text' | 'json' | 'closed' | 'tail' | 'leave'

/**
 * Cuts a decoded body or file into records: JSON values (one a line, pretty, glued to each other, elements of an
 * array), else text lines; blanks are no record. The records depend on the bytes alone, never on how they were
 * chunked. Memory stays within a chunk and one record, whatever the bytes are.
 */
export class RecordSplitter {
  #buffer: Buffer = Buffer.alloc(0)
  /** Stream offset of the buffer's first byte. */
  #base = 0
  /** Index where the current record begins, and up to where a text line was searched for its end. */
  #start = 0
  #at = 0
  #ended = false
  #phase: Phase = 'ready'
  readonly #scan = new JsonScan()
  readonly #flat = new FlatLine()
  /** The record is over the cap: its head, while the rest is passed over. */
  #head: Buffer | undefined
  #headStart = 0
  /** Arrays we are inside of; true for one opened inside a large envelope. */
  #arrays: boolean[] = []
  readonly #cri = new CriJoin()
  #held: LogRecord | undefined

  /** Takes the next bytes of the stream; they are kept by reference and must not change any more. */
  push(chunk: Buffer): void {
    // What is passed over, or was read, is not carried along.
    const keep = this.#head === undefined ? this.#start : this.#at
    const rest = this.#buffer.length - keep
    this.#base += keep
    this.#buffer = rest === 0 ? chunk : Buffer.concat([this.#buffer.subarray(keep), chunk])
    this.#start -= keep
    this.#at -= keep
    this.#scan.at -= keep
    this.#flat.reset()
  }

  /** No more bytes will come: what stands unfinished is a record. */
  end(): void {
    this.#ended = true
  }

  /** The next whole record, or undefined until more is pushed (or, after `end`, for good). */
  read(): LogRecord | undefined {
    const held = this.#held
    if (held !== undefined) {
      this.#held = undefined
      return held
    }
    for (;;) {
      const record = this.#step()
      if (record === undefined) return this.#cri.waiting && this.#ended ? this.#joined(false) : undefined
      if (record === PASSED) continue
      const joined = this.#join(record)
      if (joined !== undefined) return joined
    }
  }

  /** A record, PASSED when something else was done, undefined when more bytes are needed. */
  #step(): LogRecord | undefined {
    switch (this.#phase) {
      case 'ready':
        return this.#begin()
      case 'text':
      case 'tail':
        return this.#line()
      case 'json':
        return this.#json()
      case 'closed':
        return this.#closed()
      case 'leave':
        return this.#leave()
    }
  }

  #begin(): LogRecord | undefined {
    const buffer = this.#buffer
    let at = this.#start
    for (; at < buffer.length; at++) {
      const byte = buffer[at] as number
      if (byte > 0x2c && byte !== 0x5d && byte !== 0xef) break
      if (byte === 0x5d) {
        if (this.#arrays.pop() !== true) continue
        this.#scan.begin(at + 1, 1)
        this.#start = at + 1
        this.#phase = 'leave'
        return PASSED
      }
      if (byte === 0xef) {
        if (at + this.#base !== 0) break
        if (buffer.length < 3 && !this.#ended) return undefined
        if (buffer[1] !== 0xbb || buffer[2] !== 0xbf) break
        at += 2
      } else if (byte !== 0x2c && byte !== 0x20 && byte !== 0x1e && (byte < 0x09 || byte > 0x0d)) break
    }
    this.#start = at
    this.#at = at
    if (at === buffer.length) return undefined
    return this.#sniff(buffer[at] as number)
  }

  #sniff(first: number): LogRecord | undefined {
    if (first === BRACE) {
      const end = this.#arrays.length === 0 ? this.#flat.endOf(this.#buffer, this.#start) : 0
      return end === 0 || end - this.#start > MAX_RECORD_BYTES ? this.#enter('json') : this.#emit(end, end)
    }
    if (first === BRACKET) {
      const next = this.#behindBlanks(this.#start + 1)
      if (next === undefined) return undefined
      if (next !== BRACE && next !== BRACKET && next !== QUOTE && next !== 0x5d) return this.#enter('text')
      if (this.#arrays.length >= MAX_NESTING) return this.#enter('json')
      this.#arrays.push(false)
      this.#start++
      return PASSED
    }
    if (this.#arrays.length > 0) {
      if (first === QUOTE) return this.#enter('json')
      const scalar = this.#scalarEnd()
      if (scalar === undefined) return undefined
      if (scalar > 0) return this.#emit(scalar, scalar)
    }
    if (first >= 0x31 && first <= 0x39) {
      const end = countedEnd(this.#buffer, this.#start, this.#ended)
      if (end === undefined) return undefined
      if (end > 0) {
        this.#start = this.#buffer.indexOf(0x20, this.#start) + 1
        return this.#emit(this.#buffer[end - 1] === NEWLINE ? end - 1 : end, end)
      }
    }
    return this.#enter('text')
  }

  #enter(phase: Phase): typeof PASSED {
    this.#phase = phase
    this.#at = this.#start
    if (phase === 'json') this.#scan.begin(this.#start)
    return PASSED
  }

  #json(): LogRecord | undefined {
    const end = this.#scan.run(this.#buffer, this.#buffer.length, this.#ended)
    this.#at = this.#scan.at
    if (this.#head === undefined && this.#at - this.#start > this.#limit()) {
      if (this.#open()) return PASSED
      this.#passOver()
    }
    if (end === MORE) return undefined
    if (end === CLOSED) {
      this.#phase = 'closed'
      return PASSED
    }
    // An array that was cut is over: what follows is not its element.
    this.#arrays = []
    return this.#emit(this.#at, this.#at)
  }

  /** After a value only another value, a comma, a bracket or the line's end may follow; else the whole line is one broken record. */
  #closed(): LogRecord | undefined {
    const next = this.#behindBlanks(this.#at)
    if (next === undefined) return undefined
    const fits =
      next === -1 ||
      next === NEWLINE ||
      next === BRACE ||
      next === BRACKET ||
      next === 0x2c ||
      next === 0x5d ||
      next === 0x1e
    if (fits || this.#arrays.length > 0) return this.#emit(this.#at, this.#at)
    this.#phase = 'tail'
    return PASSED
  }

  #line(): LogRecord | undefined {
    const found = this.#buffer.indexOf(NEWLINE, this.#at)
    const to = found === -1 ? this.#buffer.length : found
    if (this.#head === undefined && to - this.#start > this.#limit()) this.#passOver()
    this.#at = to
    if (found === -1 && !this.#ended) return undefined
    return this.#emit(to, found === -1 ? to : to + 1)
  }

  /** Behind the last element of an opened envelope: over the rest of its object. */
  #leave(): LogRecord | undefined {
    const end = this.#scan.run(this.#buffer, this.#buffer.length, this.#ended)
    this.#start = this.#scan.at
    if (end === MORE) return undefined
    this.#phase = 'ready'
    return PASSED
  }

  #open(): boolean {
    if (this.#buffer[this.#start] !== BRACE || this.#arrays.length >= MAX_NESTING) return false
    const elements = openingOf(this.#buffer, this.#start, this.#start + MAX_RECORD_BYTES)
    if (elements === -1) return false
    this.#arrays.push(true)
    this.#start = elements
    this.#phase = 'ready'
    return true
  }

  #limit(): number {
    return this.#arrays.includes(true) ? MAX_ELEMENT_BYTES : MAX_RECORD_BYTES
  }

  #passOver(): void {
    this.#head = Buffer.from(this.#buffer.subarray(this.#start, this.#start + HEAD_BYTES))
    this.#headStart = this.#base + this.#start
  }

  #emit(to: number, next: number): LogRecord {
    const head = this.#head
    const from = this.#start
    this.#head = undefined
    this.#start = next
    this.#at = next
    this.#phase = 'ready'
    if (head !== undefined) return { bytes: head, start: this.#headStart, end: this.#base + to, tooLong: true }
    const end = to > from && this.#buffer[to - 1] === 0x0d ? to - 1 : to
    return { bytes: this.#buffer.subarray(from, end), start: this.#base + from, end: this.#base + end, tooLong: false }
  }

  /** The first byte at or behind `at` that is no blank: NEWLINE when the line ends first (inside arrays lines do not count), -1 at the end of the stream, undefined when it is not known yet. */
  #behindBlanks(at: number): number | undefined {
    const buffer = this.#buffer
    const lines = this.#phase === 'closed'
    for (let i = at; i < buffer.length && i < at + 65_536; i++) {
      const byte = buffer[i] as number
      if (byte === NEWLINE && lines) return byte
      if (byte !== 0x20 && (byte < 0x09 || byte > 0x0d)) return byte
    }
    return this.#ended || buffer.length - at >= 65_536 ? -1 : undefined
  }

  /** End of a number, true, false or null that stands as an array's element; 0 when it is none, undefined when it is not known yet. */
  #scalarEnd(): number | undefined {
    const buffer = this.#buffer
    let at = this.#start
    while (at < buffer.length && at - this.#start < 40 && isScalar(buffer[at] as number)) at++
    if (at === buffer.length && !this.#ended) return undefined
    if (at === this.#start) return 0
    const next = this.#behindBlanks(at)
    return next === undefined ? undefined : next === 0x2c || next === 0x5d ? at : 0
  }

  /** Puts a line cut by CRI together with the lines before it; undefined while more is to come. */
  #join(record: LogRecord): LogRecord | undefined {
    const content = record.tooLong ? 0 : criContent(record.bytes, 0, record.bytes.length)
    if (!this.#cri.waiting && content >= 0) return record
    if (this.#cri.waiting && (content === 0 || !this.#cri.continues(record.bytes, Math.abs(content)))) {
      const cut = this.#joined(false)
      if (content < 0) this.#cri.add(record.bytes, -content, record.start, record.end)
      else this.#held = record
      return cut
    }
    this.#cri.add(record.bytes, Math.abs(content), record.start, record.end)
    return content > 0 ? this.#joined(true) : undefined
  }

  #joined(whole: boolean): LogRecord {
    const { start, end, tooLong } = this.#cri
    const bytes = this.#cri.take(whole)
    return { bytes: tooLong ? bytes.subarray(0, HEAD_BYTES) : bytes, start, end, tooLong }
  }
}

const PASSED: LogRecord = { bytes: Buffer.alloc(0), start: 0, end: 0, tooLong: false }

function isScalar(byte: number): boolean {
  const lower = byte | 0x20
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (lower >= 0x61 && lower <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x2b
  )
}
