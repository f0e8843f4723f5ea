import type { Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import { Aliases } from './aliases.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify } from './identities.ts'
import { asNumber, asStatus, isObject, objectAt, own, textAt } from './json-value.ts'
import { MOST_ATTRIBUTES, plainValue } from './otlp-values.ts'
import { responseHeadersInto } from './response-headers.ts'
import { durationMs, settle } from './settle.ts'
import { epochTime } from './times.ts'

const METHODS = ['http.request.method', 'http.method', 'method']
// Stable conventions first, then the older ones, then the names Istio's and Envoy's exporters use.
const FIELDS = new Aliases({
  method: METHODS,
  original: ['http.request.method_original'],
  status: ['http.response.status_code', 'http.status_code', 'response_code', 'status'],
  path: ['url.path'],
  query: ['url.query'],
  target: ['http.target', 'url.full', 'http.url', 'path'],
  route: ['http.route'],
  host: ['server.address', 'http.host', 'net.host.name', 'http.server_name', 'authority', ':authority'],
  agent: ['user_agent.original', 'http.user_agent', 'user_agent'],
  address: ['client.address', 'http.client_ip', 'network.peer.address', 'net.sock.peer.addr', 'net.peer.ip'],
  client: ['client.id'],
  user: ['enduser.id', 'user.id'],
  id: ['http.request.id', 'request_id'],
  seconds: ['http.server.request.duration'],
  ms: ['duration_ms', 'duration'],
})
const METHOD = FIELDS.slot('method')
const ORIGINAL = FIELDS.slot('original')
const STATUS = FIELDS.slot('status')
const PATH = FIELDS.slot('path')
const QUERY = FIELDS.slot('query')
const TARGET = FIELDS.slot('target')
const ROUTE = FIELDS.slot('route')
const HOST = FIELDS.slot('host')
const AGENT = FIELDS.slot('agent')
const ADDRESS = FIELDS.slot('address')
const CLIENT = FIELDS.slot('client')
const USER = FIELDS.slot('user')
const ID = FIELDS.slot('id')
const SECONDS = FIELDS.slot('seconds')
const MS = FIELDS.slot('ms')

const REQUEST_HEADER = 'http.request.header.'
const RESPONSE_HEADER = 'http.response.header.'

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
  const call = emptyRawCall()
  const attributes = own(value, 'attributes')
  fieldsInto(call, namesMethod(attributes) ? attributes : bodyList(value))
  const method = FIELDS.text(METHOD)
  call.method = method === '_OTHER' ? FIELDS.text(ORIGINAL) || method : method
  call.target = target()
  call.route = FIELDS.text(ROUTE)
  call.host = FIELDS.text(HOST)
  call.agent = FIELDS.text(AGENT)
  call.clientIp = FIELDS.text(ADDRESS)
  call.requestId = FIELDS.text(ID) || spanOf(value)
  const identities: Identity[] = []
  identify(identities, 'client', FIELDS.text(CLIENT))
  identify(identities, 'user', FIELDS.text(USER))
  call.identities = identities
  call.durationMs = durationMs(asNumber(FIELDS.text(SECONDS)) * 1000) || durationMs(asNumber(FIELDS.text(MS)))
  return settle(call, asStatus(FIELDS.text(STATUS)), timeOf(value), context)
}

/** Reads the attribute list in one pass; captured headers are the only ones put aside. */
function fieldsInto(call: RawCall, list: unknown): void {
  FIELDS.clear()
  if (!Array.isArray(list)) return
  let headers: { [name: string]: unknown } | undefined
  for (let i = 0; i < list.length && i < MOST_ATTRIBUTES; i++) {
    const item: unknown = list[i]
    const key = isObject(item) ? own(item, 'key') : undefined
    if (typeof key !== 'string' || !isObject(item)) continue
    if (key.startsWith('http.re') && (key.startsWith(REQUEST_HEADER) || key.startsWith(RESPONSE_HEADER))) {
      headers ??= Object.create(null) as { [name: string]: unknown }
      headers[key] = plainValue(own(item, 'value'))
    } else FIELDS.take(key, plainValue(own(item, 'value')))
  }
  if (headers === undefined) return
  call.requestHeaders = headers
  call.headerPrefix = REQUEST_HEADER
  responseHeadersInto(call, headers, RESPONSE_HEADER)
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

function target(): string {
  const path = FIELDS.text(PATH)
  if (path === '') return FIELDS.text(TARGET)
  const query = FIELDS.text(QUERY)
  return query === '' ? path : `${path}?${query}`
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
