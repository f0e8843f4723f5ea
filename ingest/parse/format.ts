import type { Outcome } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'

/** What a format may need to know besides the record. */
export interface ParseContext {
  /** IANA zone for times that carry none. */
  readonly zone: string
  /** Milliseconds UTC taken from the envelope (syslog header, shipper's `date`), 0 when none: used only when the record has no time. */
  readonly envelopeTime: number
  /** Milliseconds UTC when it was received: only for what a format leaves out, such as the year of RFC 3164. */
  readonly received: number
}

/**
 * One gateway's record shape. One format is one file; `formats.ts` is the only list.
 * `recognises` must be strict: a record two formats recognise is a bug of one of them (layouts that are identical are one format).
 */
export interface TextFormat {
  readonly kind: 'text'
  readonly name: string
  /** For people: "Kong http-log, file-log, tcp-log (2.x, 3.x)". */
  readonly title: string
  /** Is this line plainly of this format? Cheap, no exceptions. Lines arrive without line end. */
  recognises(line: string): boolean
  parse(line: string, context: ParseContext): Outcome<RawCall>
}
export interface JsonFormat {
  readonly kind: 'json'
  readonly name: string
  readonly title: string
  recognises(value: JsonObject): boolean
  parse(value: JsonObject, context: ParseContext): Outcome<RawCall>
}
export type Format = TextFormat | JsonFormat

/** A parsed JSON object of a log: an attacker's. Read known keys with `Object.hasOwn` or typed getters; never spread or merge it. */
export type JsonObject = { readonly [key: string]: unknown }
