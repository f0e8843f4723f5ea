import { type Outcome, unparsed } from '../../../services/domain/outcome.ts'
import type { RawCall } from '../../../services/domain/raw-call.ts'
import type { ParseContext } from '../format.ts'
import { identify } from '../identities.ts'
import { settle } from '../settle.ts'
import { statusOf } from '../text-fields.ts'
import type { Layout } from './assemble.ts'
import type { Escape } from './field.ts'
import { endOfField } from './field-end.ts'
import { newReading, type Reading, take, takeCut } from './reading.ts'
import { instantOf } from './strftime.ts'

const QUOTE = 0x22

/**
 * Reads lines under one layout, each in time linear in its length: a field ends where the literal behind it stands
 * next. Where the fields of the line last looked at stand is remembered, so that recognising a line and then reading
 * it walks it once.
 */
export class LineReader {
  readonly #layout: Layout
  readonly #escaping: Escape
  readonly #timeKind: 'start' | 'end'
  readonly #starts: number[]
  readonly #ends: number[]
  #line: string | undefined
  /** Fields of `#line` that are whole; -1 when it does not begin like the layout. */
  #whole = -1

  constructor(layout: Layout, escaping: Escape, timeKind: 'start' | 'end') {
    this.#layout = layout
    this.#escaping = escaping
    this.#timeKind = timeKind
    this.#starts = layout.steps.map(() => 0)
    this.#ends = layout.steps.map(() => 0)
  }

  /**
   * Does the line have the layout's separators in their places and a status where it belongs? False for a line that an
   * envelope (syslog, a container log) is still around.
   */
  fits(line: string): boolean {
    this.#walk(line)
    const { start, steps } = this.#layout
    if (this.#whole < steps.length || (start === '' && line.charCodeAt(0) === 0x3c)) return false
    for (let i = 0; i < steps.length; i++)
      if (steps[i]?.meaning.of === 'status' && statusOf(line, this.#start(i), this.#end(i)) === undefined) return false
    return !this.#holdsHeader(line)
  }

  /** A line that ends early is salvaged when method, path and status are whole, and marked `truncated`. */
  read(line: string, context: ParseContext): Outcome<RawCall> {
    this.#walk(line)
    if (this.#whole === -1) return unparsed('unknown-format')
    const { steps } = this.#layout
    const reading = newReading(this.#escaping, context.zone)
    for (let i = 0; i < this.#whole; i++) {
      const step = steps[i]
      if (step === undefined || step.meaning.of === 'skip') continue
      const from = this.#start(i)
      const to = this.#end(i)
      const own = step.quotable && to > from + 1 && line.charCodeAt(from) === QUOTE ? 1 : 0
      take(reading, step.meaning, line.slice(from + own, to - own))
    }
    const cut = steps[this.#whole]
    if (cut !== undefined) {
      const from = this.#start(this.#whole)
      takeCut(reading, cut.meaning, line.slice(cut.quotable && line.charCodeAt(from) === QUOTE ? from + 1 : from))
      // Nothing of a call so far: a line of another kind, rather than one that was cut.
      if (reading.call.method === '' && Number.isNaN(reading.time.instant)) return unparsed('unknown-format')
    }
    return reading.garbage ? unparsed('no-request') : this.#settled(reading, context)
  }

  #walk(line: string): void {
    if (line === this.#line) return
    this.#line = line
    this.#whole = -1
    const { start, steps } = this.#layout
    if (!line.startsWith(start)) return
    let at = start.length
    let i = 0
    for (; i < steps.length; i++) {
      const step = steps[i]
      if (step === undefined) break
      this.#starts[i] = at
      const end = endOfField(line, at, step, this.#escaping)
      if (end === -1) break
      this.#ends[i] = end
      // An empty block of HAProxy's takes the blank behind it along.
      at = end === at && step.meaning.of === 'captures' ? at + step.after.length - 1 : end + step.after.length
    }
    this.#whole = i
  }

  /** Has the first field a blank in it where an address or host stands? The header of an envelope does. */
  #holdsHeader(line: string): boolean {
    const first = this.#layout.steps[0]
    if (first === undefined || first.inQuotes || first.list || WITH_BLANKS.has(first.meaning.of)) return false
    const blank = line.indexOf(' ', this.#start(0))
    return blank !== -1 && blank < this.#end(0)
  }

  #settled(reading: Reading, context: ParseContext): Outcome<RawCall> {
    const { call } = reading
    call.timeKind = this.#timeKind
    if (reading.query !== '' && call.target.indexOf('?') === -1)
      call.target += reading.query.startsWith('?') ? reading.query : `?${reading.query}`
    if (reading.verified) identify(reading.identities, 'client', reading.certificate)
    call.identities = reading.identities
    call.requestHeaders = reading.headers
    return settle(call, reading.status, instantOf(reading.time, context.zone), context)
  }

  #start(index: number): number {
    return this.#starts[index] ?? 0
  }

  #end(index: number): number {
    return this.#ends[index] ?? 0
  }
}
const WITH_BLANKS: ReadonlySet<string> = new Set(['request', 'clf', 'iso', 'epoch', 'fraction', 'strftime'])
