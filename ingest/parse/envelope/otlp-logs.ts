import type { JsonObject } from '../format.ts'
import { isObject, objectAt, own } from '../json-value.ts'
import { attributesOf } from '../otlp-values.ts'
import { epochTime } from '../times.ts'
import type { Inside, ObjectEnvelope } from './envelope.ts'

/**
 * OTLP logs in JSON (ExportLogsServiceRequest): `resourceLogs[].scopeLogs[].logRecords[]`, from any level down. A
 * record with HTTP attributes is a call of its own (the `otlp` format); else a gateway's own fields may be its
 * attributes (Traefik), its body's list, or a line in its body.
 */
export const otlpLogs: ObjectEnvelope = { name: 'otlp-logs', open }

function open(value: JsonObject, inside: Inside): boolean {
  if (openLevel(value, inside, 0)) return true
  if (!isRecord(value)) return false
  openRecord(value, inside)
  return true
}

/** Opens the first level found from `from` on: an attacker's nesting goes no deeper than there are levels. */
function openLevel(value: JsonObject, inside: Inside, from: number): boolean {
  for (let level = from; level < LEVELS.length; level++) {
    const items = own(value, LEVELS[level] ?? '')
    if (!Array.isArray(items)) continue
    for (const item of items) {
      if (!isObject(item)) inside.lost()
      else if (level === LEVELS.length - 1) openRecord(item, inside)
      else if (!openLevel(item, inside, level + 1)) emptyOrLost(item, inside)
    }
    return true
  }
  return false
}

const LEVELS = ['resourceLogs', 'scopeLogs', 'logRecords']

/** A resource or scope without records is nothing; anything else was not understood. */
function emptyOrLost(item: JsonObject, inside: Inside): void {
  if (!Object.hasOwn(item, 'resource') && !Object.hasOwn(item, 'scope') && Object.keys(item).length > 0) inside.lost()
}

function isRecord(value: JsonObject): boolean {
  return (
    (Object.hasOwn(value, 'timeUnixNano') || Object.hasOwn(value, 'observedTimeUnixNano')) &&
    (isObject(own(value, 'body')) || Array.isArray(own(value, 'attributes')))
  )
}

function openRecord(record: JsonObject, inside: Inside): void {
  const time = timeOf(record)
  if (inside.known(record, time)) return
  const attributes = own(record, 'attributes')
  if (Array.isArray(attributes) && attributes.length > 0 && inside.known(attributesOf(attributes), time)) return
  const body = objectAt(record, 'body')
  const text = body === undefined ? undefined : own(body, 'stringValue')
  const list = body === undefined ? undefined : objectAt(body, 'kvlistValue')
  if (typeof text === 'string' && text.trim() !== '') inside.text(text, time)
  else if (list !== undefined) inside.object(attributesOf(own(list, 'values')), time)
  else inside.lost()
}

/** 0 and absent mean unknown: then when it was observed. */
function timeOf(record: JsonObject): number {
  return epochTime(own(record, 'timeUnixNano'), 'ns') || epochTime(own(record, 'observedTimeUnixNano'), 'ns') || 0
}
