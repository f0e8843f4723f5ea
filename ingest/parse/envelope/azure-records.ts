import type { JsonObject } from '../format.ts'
import { isObject, own } from '../json-value.ts'
import { isoTime } from '../times.ts'
import type { Inside, ObjectEnvelope } from './envelope.ts'

/** Azure diagnostic settings over Event Hubs and storage: `{"records":[{…},{…}]}`. */
export const azureRecords: ObjectEnvelope = { name: 'azure-records', open }

function open(value: JsonObject, inside: Inside): boolean {
  const records = own(value, 'records')
  if (!Array.isArray(records) || records.length === 0) return false
  for (const record of records) {
    if (isObject(record)) inside.object(record, timeOf(record))
    else inside.lost()
  }
  return true
}

function timeOf(record: JsonObject): number {
  const time = own(record, 'time')
  const ms = typeof time === 'string' ? isoTime(time, 'UTC') : Number.NaN
  return Number.isNaN(ms) ? 0 : ms
}
