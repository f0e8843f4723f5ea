import { drop, type Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { firstText, hasAny } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { asNumber, asStatus, numberAt, own, textAt } from './json-value.ts'
import { responseHeadersInto } from './response-headers.ts'
import { durationMs, settle } from './settle.ts'
import { epochTime, epochUnit, isoTime } from './times.ts'

const STARTS = ['timestamp', 'time_start']
const MARKS = ['service_id', 'time_elapsed', 'is_tls', 'fastly_is_edge', 'cache_status']

/**
 * Fastly real-time logging with JSON: the format its documentation proposes (`timestamp`, `url`, `request_method`,
 * `response_status`, …) and the older one (`service_id`, `time_start`, `time_elapsed` in microseconds, `request`, `status`).
 * The times are the request's start. A row of a shield (`fastly_is_edge` false) repeats a call the edge has logged.
 * Nobody is asserted; keys an operator adds are read as headers under their own name.
 */
export const fastly: JsonFormat = {
  kind: 'json',
  name: 'fastly',
  title: 'Fastly real-time logging, JSON',
  recognises: value =>
    Object.hasOwn(value, 'url') &&
    hasAny(value, STARTS) &&
    (Object.hasOwn(value, 'request_method')
      ? Object.hasOwn(value, 'response_status')
      : Object.hasOwn(value, 'request') && Object.hasOwn(value, 'status') && hasAny(value, MARKS)),
  parse,
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const edge = own(value, 'fastly_is_edge')
  if (edge === false || edge === 'false' || edge === '0') return drop('other-hop')
  const call = emptyRawCall()
  call.method = textAt(value, 'request_method') || textAt(value, 'request')
  call.target = textAt(value, 'url')
  call.host = textAt(value, 'host')
  call.agent = textAt(value, 'request_user_agent')
  call.clientIp = textAt(value, 'client_ip')
  call.requestId = textAt(value, 'request_id')
  call.requestHeaders = value
  responseHeadersInto(call, value)
  call.durationMs = durationMs(numberAt(value, 'time_elapsed'), 1000)
  call.timeKind = 'start'
  const status = asStatus(own(value, 'response_status') ?? own(value, 'status'))
  return settle(call, status, instant(firstText(value, STARTS), context.zone), context)
}

function instant(text: string, zone: string): number {
  const number = asNumber(text)
  const unit = epochUnit(number)
  return unit === undefined ? isoTime(text, zone) : epochTime(text, unit)
}
