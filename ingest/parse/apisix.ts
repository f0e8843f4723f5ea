import type { Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, headerOf, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify } from './identities.ts'
import { asStatus, isObject, numberAt, objectAt, own, textAt } from './json-value.ts'
import { responseHeadersInto } from './response-headers.ts'
import { durationMs, settle } from './settle.ts'
import { epochTime } from './times.ts'

/**
 * Apache APISIX http-logger, kafka-logger, tcp-, udp-, file-, syslog-logger with their default entry
 * (apisix/utils/log-util.lua, get_full_log): `start_time` in milliseconds is the request's start, `latency` is
 * milliseconds with decimals. The gateway asserts `consumer.username` and nothing else. Nothing in the record is
 * redacted: headers and query are read by name and not kept. A custom `log_format` replaces the whole shape:
 * that is what a field map (`format: json`) is for.
 */
export const apisix: JsonFormat = {
  kind: 'json',
  name: 'apisix',
  title: 'Apache APISIX loggers (default entry)',
  // Kong has `request` and `response` too; `apisix_latency` (since 2.14), `route_id` and `server` are APISIX's.
  recognises: value =>
    isObject(own(value, 'request')) &&
    isObject(own(value, 'response')) &&
    Object.hasOwn(value, 'start_time') &&
    (Object.hasOwn(value, 'apisix_latency') || Object.hasOwn(value, 'route_id') || isObject(own(value, 'server'))),
  parse,
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const call = emptyRawCall()
  const request = objectAt(value, 'request')
  const response = objectAt(value, 'response')
  if (request !== undefined) {
    call.method = textAt(request, 'method')
    call.target = textAt(request, 'uri')
    call.requestHeaders = objectAt(request, 'headers')
    call.host = headerOf(call, 'host')
    if (call.host === '') call.target = textAt(request, 'url') || call.target
    call.agent = headerOf(call, 'user-agent')
  }
  const consumer = objectAt(value, 'consumer')
  if (consumer !== undefined) {
    const identities: Identity[] = []
    identify(identities, 'consumer', own(consumer, 'username'))
    call.identities = identities
  }
  call.clientIp = textAt(value, 'client_ip')
  call.durationMs = durationMs(numberAt(value, 'latency'))
  call.timeKind = 'start'
  if (response !== undefined) responseHeadersInto(call, objectAt(response, 'headers'))
  const status = response === undefined ? undefined : asStatus(own(response, 'status'))
  return settle(call, status, epochTime(own(value, 'start_time'), 'ms'), context)
}
