import { drop, type Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { extraRow, hasNoRequest } from './envoy-row.ts'
import { firstText, hasAny } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { asStatus, numberAt, own, textAt } from './json-value.ts'
import { responseHeadersInto } from './response-headers.ts'
import { durationMs, settle } from './settle.ts'
import { isoTime } from './times.ts'

// `x-envoy-origin-path` is Envoy Gateway's own spelling of the default field.
const MARKS = [':authority', 'x-envoy-origin-path']
const PATHS = ['x-envoy-origin-path', 'x-envoy-original-path', ':path', 'path']

/**
 * Envoy Gateway's default JSON access log: headers stand under their own names (`:authority`, `user-agent`), the
 * rest as Envoy's command operators. `start_time` is the request's start, `duration` milliseconds, missing is null.
 * Nobody is asserted; an operator who adds `%REQ(X-…)%` fields reads them as request headers.
 */
export const envoyGateway: JsonFormat = {
  kind: 'json',
  name: 'envoy-gateway',
  title: 'Envoy Gateway JSON access log',
  recognises: value =>
    hasAny(value, MARKS) && Object.hasOwn(value, 'response_code') && Object.hasOwn(value, 'start_time'),
  parse,
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const extra = extraRow(textAt(value, 'access_log_type'))
  if (extra !== undefined) return extra
  const call = emptyRawCall()
  call.method = textAt(value, 'method') || textAt(value, ':method')
  call.target = firstText(value, PATHS)
  if (hasNoRequest(call.method, call.target)) return drop('not-a-request')
  call.host = textAt(value, ':authority')
  call.agent = textAt(value, 'user-agent')
  call.requestId = textAt(value, 'x-request-id')
  call.clientIp = textAt(value, 'downstream_remote_address') || textAt(value, 'x-forwarded-for')
  call.durationMs = durationMs(numberAt(value, 'duration'))
  call.requestHeaders = value
  call.timeKind = 'start'
  responseHeadersInto(call, value)
  return settle(
    call,
    asStatus(own(value, 'response_code')),
    isoTime(textAt(value, 'start_time'), context.zone),
    context,
  )
}
