import { anyTime } from '../any-time.ts'
import type { JsonObject } from '../format.ts'
import { isObject, objectAt, own } from '../json-value.ts'
import type { EnvelopeContext, Inside, ObjectEnvelope } from './envelope.ts'

/** Where Fluent Bit, Docker, Vector, Logstash, Beats and GELF write when they read the line. */
const TIMES = ['date', '@timestamp', 'timestamp', 'time']

/**
 * When a shipper read the record, by the shipper's own word: milliseconds UTC, 0 when it says nothing. Only for
 * records without a time of their own.
 */
export function shipperTime(value: JsonObject, context: EnvelopeContext): number {
  for (const key of TIMES) {
    const ms = anyTime(own(value, key), context.zone)
    if (!Number.isNaN(ms)) return ms
  }
  return 0
}

/** An envelope that holds the line, or the record as an object, under one key. */
function holder(name: string, find: (value: JsonObject) => unknown): ObjectEnvelope {
  return {
    name,
    open(value: JsonObject, inside: Inside, context: EnvelopeContext): boolean {
      const held = find(value)
      if (typeof held === 'string') inside.text(held, shipperTime(value, context))
      else if (isObject(held)) inside.object(held, shipperTime(value, context))
      else return false
      return true
    },
  }
}

const eventOriginal = (value: JsonObject): unknown => {
  const event = objectAt(value, 'event')
  const original = event === undefined ? own(value, 'event.original') : own(event, 'original')
  return typeof original === 'string' ? original : undefined
}
// Logstash and Filebeat have an object of their own under `log`: only a line counts, and there only a whole record.
const logOf = (value: JsonObject): unknown => {
  const log = own(value, 'log')
  if (typeof log === 'string') return log
  return isObject(log) && typeof own(value, 'message') !== 'string' && !Object.hasOwn(log, 'file') ? log : undefined
}
const messageOf = (value: JsonObject): unknown => own(value, 'message')

/** Fluent Bit, Docker's json-file driver (`{"log":"…\n","stream","time"}`). */
export const fluentBit: ObjectEnvelope = holder('fluent-bit', logOf)
/** Logstash and Beats: `event.original`, else `message`. */
export const logstash: ObjectEnvelope = holder('logstash', value => eventOriginal(value) ?? undefined)
/** Vector, Beats, syslog-ng and whoever else says `message`. */
export const vector: ObjectEnvelope = holder('vector', messageOf)
/** GELF: the line is the short message unless there is a full one. */
export const gelf: ObjectEnvelope = holder('gelf', value => own(value, 'full_message') ?? own(value, 'short_message'))
