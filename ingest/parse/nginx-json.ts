import type { Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { Aliases } from './aliases.ts'
import { anyTime } from './any-time.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { asStatus, asText, meaningful } from './json-value.ts'
import { requestInto } from './request-line.ts'
import { settle } from './settle.ts'
import { secondsToMs } from './text-fields.ts'
import { epochTime } from './times.ts'

const fields = new Aliases({
  msec: ['msec', 'http_msec'],
  time: ['time_iso8601', 'time_local', 'time', 'timestamp', '@timestamp', 'ts', 'date'],
  method: ['request_method', 'method', 'verb'],
  uri: ['request_uri'],
  request: ['request'],
  path: ['uri', 'path', 'url', 'document_uri'],
  status: ['status', 'status_code'],
  host: ['host', 'http_host', 'server_name', 'vhost'],
  duration: ['request_time', 'duration', 'upstream_response_time', 'urt', 'rt'],
  agent: ['http_user_agent', 'user_agent', 'ua', 'agent'],
  client: ['remote_addr', 'client', 'client_ip', 'remote_ip', 'clientip'],
  id: ['request_id', 'req_id'],
  key: ['http_x_api_key', 'x_api_key', 'http_apikey', 'api_key', 'apikey'],
  deprecation: ['sent_http_deprecation', 'upstream_http_deprecation', 'deprecation'],
  sunset: ['sent_http_sunset', 'upstream_http_sunset', 'sunset'],
  link: ['sent_http_link', 'upstream_http_link'],
  version: ['sent_http_api_version', 'sent_http_x_api_version', 'api_version_served'],
})
const MSEC = fields.slot('msec')
const TIME = fields.slot('time')
const METHOD = fields.slot('method')
const URI = fields.slot('uri')
const REQUEST = fields.slot('request')
const PATH = fields.slot('path')
const STATUS = fields.slot('status')
const HOST = fields.slot('host')
const DURATION = fields.slot('duration')
const AGENT = fields.slot('agent')
const CLIENT = fields.slot('client')
const ID = fields.slot('id')
const KEY = fields.slot('key')
const DEPRECATION = fields.slot('deprecation')
const SUNSET = fields.slot('sunset')
const LINK = fields.slot('link')
const VERSION = fields.slot('version')

// Names of nginx's variables that no other gateway writes; two of them beside a status and a target are enough.
const MARKS = [
  'time_iso8601',
  'time_local',
  'request_time',
  'upstream_response_time',
  'body_bytes_sent',
  'bytes_sent',
  'request_length',
  'http_user_agent',
  'http_referer',
  'remote_addr',
  'remote_user',
  'upstream_addr',
  'upstream_status',
  'request_method',
  'request_uri',
  'server_protocol',
]

/**
 * nginx `log_format … escape=json` under the names of its variables or the usual short ones (our recommended layout
 * among them). `$msec`, `$time_iso8601` and `$time_local` are written at the request's end, `$request_time` is
 * seconds. `$request_uri` is what was asked for; `$uri` is decoded and rewritten, and read only without it. Nothing
 * here is asserted by nginx: `$remote_user` and logged headers count where the source trusts them, by header name.
 */
export const nginxJson: JsonFormat = {
  kind: 'json',
  name: 'nginx-json',
  title: 'nginx, OpenResty: log_format with escape=json',
  recognises,
  parse,
}

function recognises(value: JsonObject): boolean {
  if (!Object.hasOwn(value, 'status')) return false
  const targeted =
    Object.hasOwn(value, 'request_uri') || Object.hasOwn(value, 'uri') || typeof value.request === 'string'
  if (!targeted) return false
  if (Object.hasOwn(value, 'msec')) return true
  let marks = 0
  for (const mark of MARKS) if (Object.hasOwn(value, mark) && ++marks === 2) return true
  return false
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  fields.read(value)
  const call = emptyRawCall()
  call.method = fields.text(METHOD)
  call.target = fields.text(URI)
  if (call.method === '' || call.target === '') wholeLineInto(call)
  call.host = fields.text(HOST)
  call.agent = fields.text(AGENT)
  call.clientIp = fields.text(CLIENT)
  call.requestId = fields.text(ID)
  call.apiKey = fields.text(KEY)
  call.deprecation = fields.text(DEPRECATION)
  call.sunset = fields.text(SUNSET)
  call.link = fields.text(LINK)
  call.versionHeader = fields.text(VERSION)
  call.durationMs = secondsToMs(fields.text(DURATION))
  call.requestHeaders = headersOf(value)
  call.timeKind = 'end'
  const msec = epochTime(fields.text(MSEC), 's')
  const time = Number.isNaN(msec) ? anyTime(fields.text(TIME), context.zone) : msec
  return settle(call, asStatus(fields.text(STATUS)), time, context)
}

function wholeLineInto(call: RawCall): void {
  const { method, target } = call
  const whole = requestInto(call, fields.text(REQUEST))
  if (method !== '') call.method = method
  if (target !== '') call.target = target
  else if (!whole) call.target = fields.text(PATH)
}

/** Logged request headers under their own names: `$http_x_consumer_id` is `x-consumer-id`, `$remote_user` is `remote-user`. */
function headersOf(value: JsonObject): Readonly<Record<string, unknown>> | undefined {
  let headers: Record<string, unknown> | undefined
  for (const key of Object.keys(value)) {
    const name = headerNames.get(key) ?? remember(key)
    if (name === '') continue
    const text = meaningful(asText(value[key]))
    if (text === '') continue
    // Without a prototype: `__proto__` is a name like others.
    headers ??= Object.create(null) as Record<string, unknown>
    headers[name] = text
  }
  return headers
}

/** Key of a record → header. A layout has a few dozen keys, the same ones a line; of more than that nothing is remembered. */
const headerNames = new Map<string, string>()
const MOST_NAMES = 1_000

function remember(key: string): string {
  const name = headerName(key)
  if (headerNames.size < MOST_NAMES && key.length <= 64) headerNames.set(key, name)
  return name
}

function headerName(key: string): string {
  if (key.startsWith('http_')) return key.slice(5).replaceAll('_', '-')
  if (key.startsWith('x_')) return key.replaceAll('_', '-')
  if (key === 'remote_user' || key === 'user') return 'remote-user'
  // Our recommended layout logs $http_x_consumer_id as "consumer".
  if (key === 'consumer') return 'x-consumer-id'
  return key === 'authorization' ? key : ''
}
