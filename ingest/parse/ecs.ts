import type { Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { Aliases } from './aliases.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { asNumber, asStatus, objectAt } from './json-value.ts'
import { durationMs, settle } from './settle.ts'
import { isoTime } from './times.ts'

const FIELDS = new Aliases(
  {
    method: ['http.request.method'],
    original: ['url.original', 'url.full'],
    path: ['url.path'],
    query: ['url.query'],
    host: ['url.domain', 'destination.domain'],
    status: ['http.response.status_code'],
    time: ['@timestamp'],
    duration: ['event.duration'],
    client: ['source.ip', 'source.address', 'client.ip'],
    user: ['user.name', 'source.user.name'],
    agent: ['user_agent.original'],
    id: ['http.request.id', 'event.id'],
  },
  [
    'http',
    'http.request',
    'http.response',
    'url',
    'destination',
    'event',
    'source',
    'source.user',
    'client',
    'user',
    'user_agent',
  ],
)
const METHOD = FIELDS.slot('method')
const ORIGINAL = FIELDS.slot('original')
const PATH = FIELDS.slot('path')
const QUERY = FIELDS.slot('query')
const HOST = FIELDS.slot('host')
const STATUS = FIELDS.slot('status')
const TIME = FIELDS.slot('time')
const DURATION = FIELDS.slot('duration')
const CLIENT = FIELDS.slot('client')
const USER = FIELDS.slot('user')
const AGENT = FIELDS.slot('agent')
const ID = FIELDS.slot('id')

/**
 * Access records in Elastic Common Schema, nested or dotted, as Filebeat's modules, Elastic Agent and Logstash with ECS write
 * them (ECS reference: http, url, source, user_agent, event). `@timestamp` is what the line said, `event.duration` nanoseconds.
 * Nobody is asserted: `user.name` is the log's remote user, read as header `remote-user` where a source trusts it.
 */
export const ecs: JsonFormat = {
  kind: 'json',
  name: 'ecs',
  title: 'Elastic Common Schema: Filebeat, Elastic Agent, Logstash',
  recognises: value =>
    Object.hasOwn(value, '@timestamp') && (Object.hasOwn(value, 'http.request.method') || hasMethod(value)),
  parse,
}

function hasMethod(value: JsonObject): boolean {
  const http = objectAt(value, 'http')
  if (http === undefined) return false
  const request = objectAt(http, 'request')
  return request === undefined ? Object.hasOwn(http, 'request.method') : Object.hasOwn(request, 'method')
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  FIELDS.read(value)
  const call = emptyRawCall()
  call.method = FIELDS.text(METHOD).toUpperCase()
  call.target = target()
  call.host = FIELDS.text(HOST)
  call.clientIp = FIELDS.text(CLIENT)
  call.agent = FIELDS.text(AGENT)
  call.requestId = FIELDS.text(ID)
  const user = FIELDS.text(USER)
  if (user !== '') call.requestHeaders = { 'remote-user': user }
  call.durationMs = durationMs(asNumber(FIELDS.text(DURATION)), 1e6)
  return settle(call, asStatus(FIELDS.text(STATUS)), isoTime(FIELDS.text(TIME), context.zone), context)
}

function target(): string {
  const original = FIELDS.text(ORIGINAL)
  if (original !== '') return original
  const query = FIELDS.text(QUERY)
  return query === '' ? FIELDS.text(PATH) : `${FIELDS.text(PATH)}?${query}`
}
