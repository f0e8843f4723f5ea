import { drop, type Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, headerOf, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import { hasAny } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify, somebody } from './identities.ts'
import { asStatus, isObject, numberAt, objectAt, own, textAt } from './json-value.ts'
import { responseHeadersInto } from './response-headers.ts'
import { durationMs, settle } from './settle.ts'
import { epochTime } from './times.ts'

// What Kong's serializer adds beside the request; any of them may be taken out by custom_fields_by_lua.
const MARKS = [
  'latencies',
  'upstream_uri',
  'tries',
  'upstream_status',
  'workspace',
  'client_ip',
  'service',
  'route',
  'consumer',
]

/**
 * Kong's log entry as http-, tcp-, udp-, file-, syslog- and kafka-log write it (kong.log.serialize, 2.x and 3.x).
 * `started_at` is the request's start in milliseconds, `latencies.request` the whole of it. Kong asserts `consumer`
 * and the credential (`authenticated_entity`); the consumer of a plugin's `anonymous` setting is a placeholder.
 * Only Authorization is redacted: query (four copies) and key headers are read by name and not kept. Entries of
 * TCP routes have no request and are no calls.
 */
export const kong: JsonFormat = {
  kind: 'json',
  name: 'kong',
  title: 'Kong http-log, tcp-log, udp-log, file-log, syslog, kafka-log (2.x, 3.x)',
  recognises: value =>
    Object.hasOwn(value, 'started_at') &&
    (isObject(own(value, 'request')) || isObject(own(value, 'session'))) &&
    hasAny(value, MARKS),
  parse,
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const request = objectAt(value, 'request')
  if (request === undefined) return drop('not-a-request')
  const call = emptyRawCall()
  call.method = textAt(request, 'method')
  call.target = textAt(request, 'uri') || textAt(request, 'url')
  call.requestId = textAt(request, 'id')
  call.requestHeaders = objectAt(request, 'headers')
  call.host = headerOf(call, 'host') || hostOf(textAt(request, 'url'))
  call.agent = headerOf(call, 'user-agent')
  call.clientIp = textAt(value, 'client_ip')
  call.identities = identitiesOf(value, call)
  const latencies = objectAt(value, 'latencies')
  if (latencies !== undefined) call.durationMs = durationMs(numberAt(latencies, 'request'))
  call.timeKind = 'start'
  const response = objectAt(value, 'response')
  if (response !== undefined) responseHeadersInto(call, objectAt(response, 'headers'))
  // Not `upstream_status`: that is a list of tries, and of what the caller never saw.
  const status = response === undefined ? undefined : asStatus(own(response, 'status'))
  return settle(call, status, epochTime(own(value, 'started_at'), 'ms'), context)
}

function identitiesOf(value: JsonObject, call: RawCall): readonly Identity[] {
  const consumer = objectAt(value, 'consumer')
  const credential = objectAt(value, 'authenticated_entity')
  if (consumer === undefined && credential === undefined) return []
  if (headerOf(call, 'x-anonymous-consumer') === 'true') return []
  const identities: Identity[] = []
  if (consumer !== undefined) {
    identify(
      identities,
      'consumer',
      somebody(own(consumer, 'id')) || somebody(own(consumer, 'username')) || own(consumer, 'custom_id'),
    )
  }
  if (credential !== undefined) identify(identities, 'credential', own(credential, 'id'))
  return identities
}

function hostOf(url: string): string {
  const from = url.indexOf('://') + 3
  if (from === 2) return ''
  const slash = url.indexOf('/', from)
  return url.slice(from, slash === -1 ? url.length : slash)
}
