import type { JsonObject } from '../format.ts'

/**
 * Where an envelope hands over what it found inside. `time` is the envelope's own, milliseconds UTC, 0 when it has
 * none: a call takes it only when its record has no time. Blank texts are no record.
 */
export interface Inside {
  text(text: string, time: number): void
  /** One record or many, perhaps compressed. */
  bytes(bytes: Buffer, time: number): void
  object(value: JsonObject, time: number): void
  /** Reads `value` if a format knows it; false, and nothing is counted, if none does. */
  known(value: JsonObject, time: number): boolean
  /** A part that cannot be opened counts as one line that could not be read. */
  lost(): void
}

/** What an envelope may need to know besides itself. */
export interface EnvelopeContext {
  /** IANA zone for times that carry none. */
  readonly zone: string
  /** Milliseconds UTC. */
  readonly received: number
}

/** A shipper's or protocol's wrapping of records. One envelope is one file; `envelopes.ts` is the only list. */
export interface ObjectEnvelope {
  readonly name: string
  /** Hands over what is inside; false when it is no such envelope, then nothing was handed over. Control messages hold nothing. */
  open(value: JsonObject, inside: Inside, context: EnvelopeContext): boolean
}
export interface TextEnvelope {
  readonly name: string
  open(line: string, inside: Inside, context: EnvelopeContext): boolean
}
