import { gunzipSync } from 'node:zlib'
import type { Source } from '../../services/domain/catalogue.ts'
import { type Outcome, unparsed } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { type LogRecord, RecordSplitter } from '../records/split.ts'
import { Recogniser } from './auto.ts'
import { formatsOf } from './declared.ts'
import type { Inside } from './envelope/envelope.ts'
import { shipperTime } from './envelope/shipper.ts'
import { OBJECT_ENVELOPES, TEXT_ENVELOPES } from './envelopes.ts'
import type { Format, JsonFormat, JsonObject } from './format.ts'
import { isObject } from './json-value.ts'
import { salvageJson } from './lenient-json.ts'

/** Told of each line: the format it was read as ('' when none knew it) and what became of it. */
export type OnRawCall = (format: string, outcome: Outcome<RawCall>) => void

/** One source's way from records to raw calls. Keeps nothing between records but what makes the next one faster. */
export interface Parser {
  /** Calls `emit` once for each line in the record; `received` is milliseconds UTC. Never throws for what is in it. */
  parse(record: LogRecord, received: number, emit: OnRawCall): void
}

/** Throws LC_SOURCE_FORMAT, LC_LAYOUT_… for a source that cannot be read as declared. */
export function createParser(source: Source): Parser {
  return new SourceParser(source.zone, formatsOf(source), source.format === 'auto')
}

/** Envelopes in envelopes beyond this are not opened. */
const MAX_NESTING = 4
/** What one record may decompress to inside, altogether. */
const MAX_INFLATED = 33_554_432

class SourceParser implements Parser, Inside {
  readonly #recogniser: Recogniser
  /** The format the source declares, undefined for `auto`. */
  readonly #declared: Format | undefined
  /** One for all records: formats and envelopes read it and do not keep it. */
  readonly #context: { readonly zone: string; envelopeTime: number; received: number }
  #emit: OnRawCall = () => {}
  #nesting = 0
  #inflated = 0

  constructor(zone: string, formats: readonly Format[], auto: boolean) {
    this.#recogniser = new Recogniser(formats)
    this.#declared = auto ? undefined : formats[0]
    this.#context = { zone, envelopeTime: 0, received: 0 }
  }

  parse(record: LogRecord, received: number, emit: OnRawCall): void {
    this.#emit = emit
    this.#nesting = 0
    this.#inflated = 0
    this.#context.received = received
    this.#context.envelopeTime = 0
    this.#record(record)
  }

  #record(record: LogRecord): void {
    if (record.tooLong) this.#emit('', unparsed('too-long'))
    else if (record.value !== undefined) this.#object(record.value)
    else this.#line(record.bytes.toString('utf8'))
  }

  #line(line: string): void {
    const first = line.charCodeAt(0)
    if (first === 0x7b && !this.#isLayout(line)) this.#json(line)
    else if (first !== 0x22 || !this.#quoted(line)) this.#text(line)
  }

  /** A layout of the operator's may look like JSON and be none: unquoted numbers that are missing, quotes not escaped. */
  #isLayout(line: string): boolean {
    return this.#declared?.kind === 'text' && this.#declared.recognises(line)
  }

  #text(line: string): void {
    const format = this.#recogniser.text(line)
    if (format !== undefined) {
      this.#emit(format.name, format.parse(line, this.#context))
      return
    }
    for (const envelope of TEXT_ENVELOPES) if (envelope.open(line, this, this.#context)) return
    const declared = this.#declared
    if (declared?.kind === 'text') this.#emit(declared.name, declared.parse(line, this.#context))
    else this.lost()
  }

  #json(line: string): void {
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      this.#broken(line)
      return
    }
    if (isObject(value)) this.#object(value)
    else this.lost()
  }

  /** A line of text as a JSON string: an element of an array of lines. */
  #quoted(line: string): boolean {
    if (!line.endsWith('"') || line.length < 2) return false
    // A quote inside that is not escaped: a row of CSV, not one text.
    const quote = line.indexOf('"', 1)
    if (quote < line.length - 1 && line.charCodeAt(quote - 1) !== 0x5c) return false
    try {
      const text: unknown = JSON.parse(line)
      if (typeof text !== 'string') return false
      this.text(text, 0)
      return true
    } catch {
      return false
    }
  }

  #broken(line: string): void {
    const salvaged = salvageJson(line)
    const declared = this.#declared?.kind === 'json' ? this.#declared : undefined
    const format = salvaged === undefined ? undefined : (this.#recogniser.object(salvaged.value) ?? declared)
    if (salvaged === undefined || format === undefined) {
      this.#emit('', unparsed('not-json'))
      return
    }
    const outcome = format.parse(salvaged.value, this.#context)
    if (salvaged.whole) this.#emit(format.name, outcome)
    else if (outcome.kind === 'ok') {
      outcome.value.truncated = true
      this.#emit(format.name, outcome)
    } else this.#emit('', unparsed('not-json'))
  }

  #object(value: JsonObject): void {
    const format = this.#recogniser.object(value)
    if (format !== undefined) {
      this.#read(format, value)
      return
    }
    for (const envelope of OBJECT_ENVELOPES) if (envelope.open(value, this, this.#context)) return
    const declared = this.#declared
    if (declared?.kind === 'json') this.#read(declared, value)
    else this.lost()
  }

  #read(format: JsonFormat, value: JsonObject): void {
    let outcome = format.parse(value, this.#context)
    if (outcome.kind === 'unparsed' && outcome.reason === 'no-time' && this.#context.envelopeTime === 0) {
      // A shipper that takes records apart leaves its own time among their fields.
      this.#context.envelopeTime = shipperTime(value, this.#context)
      outcome = format.parse(value, this.#context)
      this.#context.envelopeTime = 0
    }
    this.#emit(format.name, outcome)
  }

  text(text: string, time: number): void {
    const line = text.trim()
    if (line === '') return
    const outer = this.#enter(time)
    if (outer === undefined) return
    if (line.includes('\n')) this.#split(Buffer.from(line))
    else this.#line(line)
    this.#leave(outer)
  }

  bytes(bytes: Buffer, time: number): void {
    if (bytes.length === 0) return
    const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? this.#inflate(bytes) : bytes
    if (plain === undefined) return
    const outer = this.#enter(time)
    if (outer === undefined) return
    this.#split(plain)
    this.#leave(outer)
  }

  object(value: JsonObject, time: number): void {
    const outer = this.#enter(time)
    if (outer === undefined) return
    this.#object(value)
    this.#leave(outer)
  }

  known(value: JsonObject, time: number): boolean {
    const format = this.#recogniser.object(value)
    if (format === undefined) return false
    const outer = this.#enter(time)
    if (outer === undefined) return true
    this.#read(format, value)
    this.#leave(outer)
    return true
  }

  lost(): void {
    this.#emit('', unparsed('unknown-format'))
  }

  /** One envelope further in; the time outside for `leave`, undefined (and a lost line) when that is too deep. */
  #enter(time: number): number | undefined {
    if (this.#nesting >= MAX_NESTING) {
      this.lost()
      return undefined
    }
    const outer = this.#context.envelopeTime
    if (time > 0) this.#context.envelopeTime = time
    this.#nesting++
    return outer
  }

  #leave(outer: number): void {
    this.#nesting--
    this.#context.envelopeTime = outer
  }

  #split(bytes: Buffer): void {
    const splitter = new RecordSplitter()
    splitter.push(bytes)
    splitter.end()
    for (let record = splitter.read(); record !== undefined; record = splitter.read()) this.#record(record)
  }

  /** undefined, and a lost line, when it does not decompress or would become too much. */
  #inflate(bytes: Buffer): Buffer | undefined {
    try {
      const plain = gunzipSync(bytes, { maxOutputLength: Math.max(1, MAX_INFLATED - this.#inflated) })
      this.#inflated += plain.length
      return plain
    } catch (error) {
      const bomb = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      if (bomb) this.#inflated = MAX_INFLATED
      this.#emit('', unparsed(bomb ? 'too-long' : 'encoding'))
      return undefined
    }
  }
}
