import type { JsonObject } from '../format.ts'
import { isObject, own } from '../json-value.ts'
import { epochTime } from '../times.ts'
import type { Inside, ObjectEnvelope } from './envelope.ts'

/**
 * CloudWatch Logs subscription payload: `{"messageType":"DATA_MESSAGE","logEvents":[{"id","timestamp","message"}]}`,
 * or one of its events alone. A CONTROL_MESSAGE only asks whether we are there.
 */
export const cloudwatchLogs: ObjectEnvelope = { name: 'cloudwatch-logs', open }

function open(value: JsonObject, inside: Inside): boolean {
  const events = own(value, 'logEvents')
  if (Array.isArray(events)) {
    if (own(value, 'messageType') === 'CONTROL_MESSAGE') return true
    for (const event of events) {
      if (isObject(event) && typeof own(event, 'message') === 'string') openEvent(event, inside)
      else inside.lost()
    }
    return true
  }
  if (
    typeof own(value, 'id') !== 'string' ||
    typeof own(value, 'timestamp') !== 'number' ||
    typeof own(value, 'message') !== 'string'
  )
    return false
  openEvent(value, inside)
  return true
}

function openEvent(event: JsonObject, inside: Inside): void {
  const time = epochTime(own(event, 'timestamp'), 'ms')
  inside.text(String(own(event, 'message')), Number.isNaN(time) ? 0 : time)
}
