import type { JsonObject } from '../format.ts'
import { isObject, objectAt, own } from '../json-value.ts'
import type { Inside, ObjectEnvelope } from './envelope.ts'

/**
 * Amazon Data Firehose, HTTP endpoint: `{"requestId","timestamp","records":[{"data":"<base64>"}]}`; its Lambda
 * transform event; one of its records alone; and `{"awslogs":{"data":…}}` of a CloudWatch Logs subscription to Lambda.
 * What is inside may be several records, glued or not, and compressed. Empty data is no record. The time of delivery
 * is not taken for the record's: it may be a day later.
 */
export const firehose: ObjectEnvelope = { name: 'firehose', open }

function open(value: JsonObject, inside: Inside): boolean {
  const records = own(value, 'records')
  if (Array.isArray(records)) {
    const first = records[0]
    if (records.length > 0 ? !isDelivered(first) : !Object.hasOwn(value, 'requestId')) return false
    for (const record of records) {
      if (isDelivered(record)) inside.bytes(Buffer.from(record.data, 'base64'), 0)
      else inside.lost()
    }
    return true
  }
  const lambda = objectAt(value, 'awslogs')
  const record = lambda ?? value
  if (!isDelivered(record) || (lambda === undefined && !isAlone(value))) return false
  inside.bytes(Buffer.from(record.data, 'base64'), 0)
  return true
}

function isDelivered(record: unknown): record is { readonly data: string } {
  return isObject(record) && typeof own(record, 'data') === 'string'
}

const BESIDE = new Set(['data', 'recordId', 'approximateArrivalTimestamp', 'kinesisRecordMetadata'])

function isAlone(value: JsonObject): boolean {
  const keys = Object.keys(value)
  return keys.length <= BESIDE.size && keys.every(key => BESIDE.has(key))
}
