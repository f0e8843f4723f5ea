import type { Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { Aliases } from './aliases.ts'
import { anyTime } from './any-time.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { asNumber, asStatus, own } from './json-value.ts'
import { requestInto } from './request-line.ts'
import { settle } from './settle.ts'

const FIELDS = new Aliases({
  method: ['method', 'verb'],
  path: ['path'],
  request: ['request'],
  status: ['code', 'status', 'response'],
  time: ['timestamp', 'time', 'date', '@timestamp'],
  client: ['remote', 'client', 'clientip'],
  user: ['user', 'auth'],
  agent: ['agent'],
  host: ['http_host', 'vhost'],
})
const METHOD = FIELDS.slot('method')
const PATH = FIELDS.slot('path')
const REQUEST = FIELDS.slot('request')
const STATUS = FIELDS.slot('status')
const TIME = FIELDS.slot('time')
const CLIENT = FIELDS.slot('client')
const USER = FIELDS.slot('user')
const AGENT = FIELDS.slot('agent')
const HOST = FIELDS.slot('host')

/**
 * A combined log line that a shipper has already taken apart, as a plain record: Fluent Bit's `nginx` and `apache2` parsers
 * (`remote`, `method`, `path`, `code`), Vector's `parse_nginx_log` and `parse_apache_log` (`client`, `request`, `status`), Logstash's
 * COMBINEDAPACHELOG without ECS (`clientip`, `verb`, `request`, `response`). The time counts as logged; the user is the
 * caller's own word, read as header `remote-user` where a source trusts it.
 */
export const parsedAccess: JsonFormat = {
  kind: 'json',
  name: 'parsed-access',
  title: 'Combined log lines parsed by Fluent Bit, Vector or Logstash',
  recognises: value =>
    Object.hasOwn(value, 'agent') && (isFluentBit(value) || isVector(value) || Object.hasOwn(value, 'clientip'))
      ? typeof own(value, 'agent') === 'string' && hasRequest(value)
      : false,
  parse,
}

function isFluentBit(value: JsonObject): boolean {
  return Object.hasOwn(value, 'code') && Object.hasOwn(value, 'size') && Object.hasOwn(value, 'user')
}

function isVector(value: JsonObject): boolean {
  return (
    Object.hasOwn(value, 'size') &&
    Object.hasOwn(value, 'status') &&
    Object.hasOwn(value, 'timestamp') &&
    (Object.hasOwn(value, 'client') || Object.hasOwn(value, 'identity'))
  )
}

function hasRequest(value: JsonObject): boolean {
  return Object.hasOwn(value, 'request') || (Object.hasOwn(value, 'method') && Object.hasOwn(value, 'path'))
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  FIELDS.read(value)
  const call = emptyRawCall()
  call.method = FIELDS.text(METHOD)
  call.target = FIELDS.text(PATH)
  const request = FIELDS.text(REQUEST)
  if (call.target === '' && !requestInto(call, request)) call.target = request
  call.clientIp = FIELDS.text(CLIENT)
  call.host = FIELDS.text(HOST)
  // Apache's line begins with the client; a parser for it calls that `host`. With a client beside it, it is the virtual host.
  const host = own(value, 'host')
  if (typeof host === 'string' && host !== '-') {
    if (call.clientIp === '') call.clientIp = host
    else if (Object.hasOwn(value, 'remote')) call.host ||= host
  }
  call.agent = FIELDS.text(AGENT)
  const user = FIELDS.text(USER)
  if (user !== '') call.requestHeaders = { 'remote-user': user }
  const text = FIELDS.text(TIME)
  const number = asNumber(text)
  const time = anyTime(Number.isNaN(number) ? text : number, context.zone)
  return settle(call, asStatus(FIELDS.text(STATUS)), time, context)
}
