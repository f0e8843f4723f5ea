import { drop, type Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import { hasAny } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import {
  ELASTIC_V2,
  ELASTIC_V4,
  type GraviteeNames,
  graviteeMethod,
  isPlaceholder,
  JSON_V2,
  JSON_V4,
} from './gravitee-names.ts'
import { identify, somebody } from './identities.ts'
import { asStatus, numberAt, own, textAt } from './json-value.ts'
import { durationMs, settle } from './settle.ts'
import { epochTime, isoTime } from './times.ts'

// Keys of the other events of the same stream: bodies and headers, messages, health, node metrics.
const OTHER_JSON = ['entrypointRequest', 'clientRequest', 'connectorType', 'endpointRequest', 'proxyRequest']
const OTHER_ELASTIC = ['entrypoint-request', 'client-request', 'connector-type', 'jvm', 'steps', 'doc-type']
const OTHER_TYPES = new Set(['log', 'monitor', 'health', 'health-check', 'endpoint-status'])

/**
 * Gravitee APIM request metrics, API definitions v2 and v4, as JSON (file, TCP, Kafka reporters) and as Elasticsearch
 * records. The time is the request's arrival; durations are milliseconds, -1 not measured. The gateway
 * asserts application, subscription, an OAuth client and a user. `securityToken` of an API key plan is the key itself and
 * leaves as an HMAC only; `clientIdentifier` is the caller's own word and is not read. Other events of the stream, and
 * the first of the two rows a long-lived request has, are no calls.
 */
export const gravitee: JsonFormat = {
  kind: 'json',
  name: 'gravitee',
  title: 'Gravitee APIM v2 and v4 metrics, JSON and Elasticsearch records',
  recognises: value => namesOf(value) !== undefined || isOtherEvent(value),
  parse,
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const names = namesOf(value)
  if (names === undefined) return drop('not-a-request')
  const ended = own(value, names.ended)
  if (ended === false || ended === 'false') return drop('not-a-request')
  const call = emptyRawCall()
  call.method = graviteeMethod(own(value, names.method))
  call.target = textAt(value, 'uri')
  call.host = textAt(value, 'host')
  call.agent = textAt(value, names.agent)
  call.clientIp = textAt(value, names.remote)
  call.requestId = textAt(value, names.requestId)
  call.durationMs = durationMs(numberAt(value, names.duration))
  assertedInto(call, value, names)
  call.timeKind = 'start'
  const time =
    names.time === 'timestamp'
      ? epochTime(own(value, 'timestamp'), 'ms')
      : isoTime(textAt(value, names.time), context.zone)
  return settle(call, asStatus(own(value, 'status')), time, context)
}

function assertedInto(call: RawCall, value: JsonObject, names: GraviteeNames): void {
  const identities: Identity[] = []
  const application = somebody(own(value, names.application))
  if (!isPlaceholder(application)) {
    identify(identities, 'app', application)
    const subscription = textAt(value, names.subscription)
    // A keyless plan writes the caller's address there.
    if (subscription !== call.clientIp) identify(identities, 'subscription', subscription)
  }
  const token = own(value, names.securityToken)
  const type = textAt(value, names.securityType)
  if (type === 'API_KEY') call.apiKey = somebody(token)
  else if (type === 'JWT' || type === 'OAUTH2') identify(identities, 'client', token)
  identify(identities, 'user', own(value, 'user'))
  call.identities = identities
}

function namesOf(value: JsonObject): GraviteeNames | undefined {
  if (!Object.hasOwn(value, 'uri')) return undefined
  if (Object.hasOwn(value, 'httpMethod') && Object.hasOwn(value, 'timestamp')) {
    if (Object.hasOwn(value, 'apiId')) return JSON_V4
    return Object.hasOwn(value, 'api') && Object.hasOwn(value, 'proxyResponseTimeMs') ? JSON_V2 : undefined
  }
  if (!Object.hasOwn(value, '@timestamp')) return undefined
  if (Object.hasOwn(value, 'http-method')) return Object.hasOwn(value, 'api-id') ? ELASTIC_V4 : undefined
  return Object.hasOwn(value, 'method') && Object.hasOwn(value, 'api') && Object.hasOwn(value, 'response-time')
    ? ELASTIC_V2
    : undefined
}

function isOtherEvent(value: JsonObject): boolean {
  if (Object.hasOwn(value, '@timestamp')) {
    const type = own(value, 'type')
    if (typeof type === 'string' && (type.startsWith('v4-') || OTHER_TYPES.has(type)))
      return Object.hasOwn(value, 'gateway') || Object.hasOwn(value, 'api-id') || Object.hasOwn(value, 'api')
    return Object.hasOwn(value, 'gateway') && hasAny(value, OTHER_ELASTIC)
  }
  if (!Object.hasOwn(value, 'timestamp')) return false
  return (Object.hasOwn(value, 'apiId') || Object.hasOwn(value, 'api')) && hasAny(value, OTHER_JSON)
}
