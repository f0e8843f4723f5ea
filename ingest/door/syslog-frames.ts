import { type Drop, type Unparsed, unparsed } from '../../services/domain/outcome.ts'

/** A message longer than this is passed over and counted as one line that could not be read. */
export const MAX_FRAME_BYTES = 65_536
/** Digits of an octet count. One with more is text. */
const COUNT_DIGITS = 7
const NEWLINE = 0x0a
const RETURN = 0x0d
const BLANK = 0x20
const OPEN = 0x3c

/** Where messages go. */
export interface Sink {
  /** One message; the bytes are only lent for the call. */
  add(bytes: Buffer): void
  /** One line of which nothing is kept. */
  count(outcome: Drop | Unparsed): void
}

type Phase = 'start' | 'number' | 'line' | 'counted' | 'skip-line' | 'skip-counted'

/**
 * Cuts one syslog stream into messages: those that say how long they are and those that end with a line feed, on one
 * connection (RFC 6587 §3.4.1 and §3.4.2, RFC 5425 §4.3). A message that begins with 1–9, more digits and a blank is
 * counted; once a connection has sent plain lines, only where `<` follows, for a line may begin with a number. Blank
 * lines are none. Holds at most MAX_FRAME_BYTES, whatever comes and however it is chunked.
 */
export class FrameCutter {
  /** Grows with every message that came to its end. */
  messages = 0
  readonly #sink: Sink
  #phase: Phase = 'start'
  /** The beginning of a message that came in several chunks. */
  #held: Buffer = Buffer.alloc(0)
  #length = 0
  /** Of a counted message: bytes still to come. */
  #missing = 0
  #sentLines = false

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** In the middle of a message. */
  get partial(): boolean {
    return this.#phase !== 'start'
  }

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      at = this.#step(chunk, at)
      if (this.#phase === 'start') this.messages += 1
    }
  }

  /** The stream is over. `whole`: its sender ended it, and an unfinished line is its last message; else it was cut. */
  end(whole: boolean): void {
    const phase = this.#phase
    this.#phase = 'start'
    if (phase === 'start' || phase === 'skip-line' || phase === 'skip-counted') return
    const bytes = this.#take()
    if (whole && phase !== 'counted') this.#emitLine(bytes)
    else this.#sink.count(unparsed('cut-off'))
  }

  #step(chunk: Buffer, at: number): number {
    switch (this.#phase) {
      case 'start': {
        const byte = chunk[at] as number
        if (byte === NEWLINE || byte === RETURN || byte === 0) return at + 1
        this.#phase = byte >= 0x31 && byte <= 0x39 ? 'number' : 'line'
        return at
      }
      case 'number':
        return this.#number(chunk, at)
      case 'line':
      case 'skip-line':
        return this.#line(chunk, at)
      case 'counted':
      case 'skip-counted':
        return this.#counted(chunk, at)
    }
  }

  /** The digits are held until what follows shows whether they are a count. */
  #number(chunk: Buffer, at: number): number {
    const byte = chunk[at] as number
    const behindBlank = this.#length > 0 && this.#held[this.#length - 1] === BLANK
    if (behindBlank) {
      if (byte === OPEN) return this.#beginCounted(at)
    } else if (byte === BLANK && this.#length > 0) {
      if (!this.#sentLines) return this.#beginCounted(at + 1)
      this.#hold(chunk, at, at + 1)
      return at + 1
    } else if (byte >= 0x30 && byte <= 0x39 && this.#length < COUNT_DIGITS) {
      this.#hold(chunk, at, at + 1)
      return at + 1
    }
    this.#phase = 'line'
    return at
  }

  #beginCounted(at: number): number {
    this.#missing = Number.parseInt(this.#take().toString('latin1'), 10)
    this.#phase = 'counted'
    if (this.#missing > MAX_FRAME_BYTES) {
      this.#sink.count(unparsed('too-long'))
      this.#phase = 'skip-counted'
    }
    return at
  }

  #counted(chunk: Buffer, at: number): number {
    const to = Math.min(chunk.length, at + this.#missing)
    const whole = to - at === this.#missing
    this.#missing -= to - at
    if (whole && this.#phase === 'counted') {
      if (this.#length === 0) this.#sink.add(chunk.subarray(at, to))
      else {
        this.#hold(chunk, at, to)
        this.#sink.add(this.#take())
      }
    } else if (this.#phase === 'counted') this.#hold(chunk, at, to)
    if (whole) this.#phase = 'start'
    return to
  }

  #line(chunk: Buffer, at: number): number {
    const found = chunk.indexOf(NEWLINE, at)
    const to = found === -1 ? chunk.length : found
    if (this.#phase === 'line' && this.#length + to - at > MAX_FRAME_BYTES) {
      this.#sink.count(unparsed('too-long'))
      this.#length = 0
      this.#phase = 'skip-line'
    }
    if (found === -1) {
      if (this.#phase === 'line') this.#hold(chunk, at, to)
      return to
    }
    if (this.#phase === 'line') {
      if (this.#length > 0) this.#hold(chunk, at, to)
      this.#emitLine(this.#length > 0 ? this.#take() : chunk.subarray(at, to))
      this.#sentLines = true
    }
    this.#phase = 'start'
    return to + 1
  }

  #emitLine(line: Buffer): void {
    let end = line.length
    while (end > 0 && isBlank(line[end - 1] as number)) end--
    if (end > 0) this.#sink.add(line.subarray(0, end))
  }

  /** Appends to what is held; the room doubles, so that a message of single bytes is not copied for each of them. */
  #hold(chunk: Buffer, from: number, to: number): void {
    const length = this.#length + to - from
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(256, length, Math.min(MAX_FRAME_BYTES, 2 * length)))
      this.#held.copy(larger, 0, 0, this.#length)
      this.#held = larger
    }
    chunk.copy(this.#held, this.#length, from, to)
    this.#length = length
  }

  #take(): Buffer {
    const bytes = this.#held.subarray(0, this.#length)
    this.#length = 0
    // Idle connections keep nothing but a small buffer.
    if (this.#held.length > 4_096) this.#held = Buffer.alloc(0)
    return bytes
  }
}

function isBlank(byte: number): boolean {
  return byte === BLANK || (byte >= 0x09 && byte <= 0x0d) || byte === 0
}
