import { drop, type Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { extraRow, hasNoRequest } from './envoy-row.ts'
import { firstText, hasAny } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { asStatus, numberAt, own, textAt } from './json-value.ts'
import { responseHeadersInto } from './response-headers.ts'
import { durationMs, settle } from './settle.ts'
import { isoTime } from './times.ts'

// Contour calls the start `@timestamp`.
const STARTS = ['start_time', '@timestamp', 'timestamp']
const GATEWAYS = [':authority', 'x-envoy-origin-path']
const ENVOYS = [
  'response_flags',
  'upstream_cluster',
  'upstream_host',
  'downstream_remote_address',
  'response_code_details',
]

/**
 * Istio's JSON access log, Contour's, and any Envoy `json_format` with the same names (numbers typed, or all strings
 * as the legacy form had). `start_time` is the request's start, `duration` milliseconds, a missing value `null` or `-`,
 * status 0 means the client went away. Nobody is asserted; keys an operator adds for request headers are read as
 * headers under their own name.
 */
export const istioJson: JsonFormat = {
  kind: 'json',
  name: 'istio-json',
  title: 'Istio and Contour JSON access logs, Envoy json_format with the same names',
  recognises: value =>
    Object.hasOwn(value, 'response_code') &&
    hasAny(value, STARTS) &&
    Object.hasOwn(value, 'path') &&
    !hasAny(value, GATEWAYS) &&
    hasAny(value, ENVOYS),
  parse,
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const extra = extraRow(textAt(value, 'access_log_type'))
  if (extra !== undefined) return extra
  const call = emptyRawCall()
  call.method = textAt(value, 'method')
  call.target = textAt(value, 'path')
  if (hasNoRequest(call.method, call.target)) return drop('not-a-request')
  call.host = textAt(value, 'authority')
  call.agent = textAt(value, 'user_agent')
  call.requestId = textAt(value, 'request_id') || textAt(value, 'x_request_id')
  call.clientIp = textAt(value, 'downstream_remote_address') || textAt(value, 'x_forwarded_for')
  call.durationMs = durationMs(numberAt(value, 'duration'))
  call.requestHeaders = value
  call.timeKind = 'start'
  responseHeadersInto(call, value)
  return settle(call, asStatus(own(value, 'response_code')), isoTime(firstText(value, STARTS), context.zone), context)
}
