import type { JsonObject } from '../format.ts'
import { isObject, own } from '../json-value.ts'
import type { Inside, ObjectEnvelope } from './envelope.ts'

/** Kafka REST proxy and rsyslog omhttp's `kafkarest`: `{"records":[{"key":…,"value":…}]}`, or one of its records alone. */
export const kafkaRest: ObjectEnvelope = { name: 'kafka-rest', open }

const BESIDE = new Set(['key', 'value', 'partition', 'topic', 'offset', 'headers', 'timestamp'])

function open(value: JsonObject, inside: Inside): boolean {
  const records = own(value, 'records')
  if (Array.isArray(records)) {
    if (!isRecord(records[0])) return false
    for (const record of records) {
      if (isRecord(record)) openRecord(record, inside)
      else inside.lost()
    }
    return true
  }
  if (!isRecord(value) || !Object.keys(value).every(key => BESIDE.has(key))) return false
  openRecord(value, inside)
  return true
}

function isRecord(record: unknown): record is JsonObject {
  if (!isObject(record)) return false
  const value = own(record, 'value')
  return typeof value === 'string' || isObject(value)
}

function openRecord(record: JsonObject, inside: Inside): void {
  const value = own(record, 'value')
  if (isObject(value)) inside.object(value, 0)
  else inside.text(String(value), 0)
}
