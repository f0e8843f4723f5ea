import type { Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import { firstText, hasAny } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify } from './identities.ts'
import { asStatus, isObject, numberAt, objectAt, own, textAt } from './json-value.ts'
import { attributesOf } from './otlp-values.ts'
import { responseHeadersInto } from './response-headers.ts'
import { durationMs, settle } from './settle.ts'
import { epochTime } from './times.ts'

// Stable conventions first, then the older ones, then the names Istio's and Envoy's exporters use.
const METHODS = ['http.request.method', 'http.method', 'method']
const STATUSES = ['http.response.status_code', 'http.status_code', 'response_code', 'status']
const TARGETS = ['http.target', 'url.full', 'http.url', 'path']
const HOSTS = ['server.address', 'http.host', 'net.host.name', 'http.server_name', 'authority', ':authority']
const AGENTS = ['user_agent.original', 'http.user_agent', 'user_agent']
const ADDRESSES = ['client.address', 'http.client_ip', 'network.peer.address', 'net.sock.peer.addr', 'net.peer.ip']
const USERS = ['enduser.id', 'user.id']
const IDS = ['http.request.id', 'request_id']

/**
 * OTLP log records with HTTP semantic conventions, as OTLP/HTTP's JSON mapping gives them: stable names
 * (`http.request.method`, `url.path`), the older ones (`http.method`, `http.target`), and access logs of meshes under
 * Envoy's names; in `attributes`, or in a body that is a key-value list. `timeUnixNano` is when the record was made, 0 means unknown:
 * then `observedTimeUnixNano`. A server asserts `enduser.id`, `user.id` and `client.id`. Captured headers
 * (`http.request.header.*`) are the caller's own words, query strings are not redacted by the conventions.
 */
export const otlp: JsonFormat = {
  kind: 'json',
  name: 'otlp',
  title: 'OpenTelemetry log records with HTTP semantic conventions',
  recognises: value =>
    (Object.hasOwn(value, 'timeUnixNano') ||
      Object.hasOwn(value, 'observedTimeUnixNano') ||
      Object.hasOwn(value, 'severityNumber')) &&
    (namesMethod(own(value, 'attributes')) || namesMethod(bodyList(value))),
  parse,
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const fields = fieldsOf(value)
  const call = emptyRawCall()
  const method = firstText(fields, METHODS)
  call.method = method === '_OTHER' ? textAt(fields, 'http.request.method_original') || method : method
  call.target = targetOf(fields)
  call.route = textAt(fields, 'http.route')
  call.host = firstText(fields, HOSTS)
  call.agent = firstText(fields, AGENTS)
  call.clientIp = firstText(fields, ADDRESSES)
  call.requestId = firstText(fields, IDS) || spanOf(value)
  const identities: Identity[] = []
  identify(identities, 'client', own(fields, 'client.id'))
  identify(identities, 'user', firstText(fields, USERS))
  call.identities = identities
  call.requestHeaders = fields
  call.headerPrefix = 'http.request.header.'
  responseHeadersInto(call, fields, 'http.response.header.')
  call.durationMs = durationOf(fields)
  return settle(call, asStatus(firstText(fields, STATUSES)), timeOf(value), context)
}

function namesMethod(list: unknown): boolean {
  if (!Array.isArray(list)) return false
  for (const item of list) {
    const key = isObject(item) ? own(item, 'key') : undefined
    if (typeof key === 'string' && METHODS.includes(key)) return true
  }
  return false
}

function bodyList(value: JsonObject): unknown {
  const body = objectAt(value, 'body')
  const list = body === undefined ? undefined : objectAt(body, 'kvlistValue')
  return list === undefined ? undefined : own(list, 'values')
}

/** The record's attributes where they name a method, else its body's list. */
function fieldsOf(value: JsonObject): JsonObject {
  const attributes = attributesOf(own(value, 'attributes'))
  return hasAny(attributes, METHODS) ? attributes : attributesOf(bodyList(value))
}

function targetOf(fields: JsonObject): string {
  const path = textAt(fields, 'url.path')
  if (path === '') return firstText(fields, TARGETS)
  const query = textAt(fields, 'url.query')
  return query === '' ? path : `${path}?${query}`
}

function durationOf(fields: JsonObject): number {
  const seconds = numberAt(fields, 'http.server.request.duration')
  if (!Number.isNaN(seconds)) return durationMs(seconds * 1000)
  const ms = numberAt(fields, 'duration_ms')
  return durationMs(Number.isNaN(ms) ? numberAt(fields, 'duration') : ms)
}

function timeOf(value: JsonObject): number {
  const time = epochTime(own(value, 'timeUnixNano'), 'ns')
  return time > 0 ? time : epochTime(own(value, 'observedTimeUnixNano'), 'ns') || Number.NaN
}

/** One server span is one request: its ids name it where no request id was logged. */
function spanOf(value: JsonObject): string {
  const trace = textAt(value, 'traceId')
  const span = textAt(value, 'spanId')
  return trace === '' || span === '' ? '' : `${trace}-${span}`
}
