import type { Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import { Aliases } from './aliases.ts'
import { hasAny } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify, somebody } from './identities.ts'
import { asNumber, asStatus } from './json-value.ts'
import { isTarget } from './request-line.ts'
import { responseHeadersInto } from './response-headers.ts'
import { durationMs, settle } from './settle.ts'
import { epochTime, epochUnit, isoTime } from './times.ts'

const VERBS = ['verb', 'request.verb', 'request_verb', 'requestVerb']
const PROXIES = ['proxy', 'apiproxy.name', 'apiproxy', 'apiproxy_name', 'proxyName']
const PLACES = ['messageid', 'org', 'organization', 'organization.name', 'environment', 'environment.name', 'env']

// A policy's author names the keys: short words, flow variables as they are, or analytics' underscored ones.
const FIELDS = new Aliases({
  verb: VERBS,
  uri: ['uri', 'request.uri', 'request_uri', 'requestUri', 'request.path', 'request_path', 'path'],
  basePath: ['proxy.basepath'],
  suffix: ['proxy.pathsuffix'],
  status: ['status', 'response.status.code', 'response_status_code', 'response.code', 'statusCode', 'status_code'],
  start: ['ts', 'client.received.start.timestamp', 'client_received_start_timestamp', 'start', 'timestamp', 'time'],
  end: ['end', 'client.sent.end.timestamp', 'client_sent_end_timestamp'],
  host: ['host', 'request.header.host', 'request_header_host', 'virtualhost'],
  agent: ['user_agent', 'useragent', 'userAgent', 'request.header.user-agent'],
  ip: ['client_ip', 'client.ip', 'proxy.client.ip', 'clientIp'],
  app: ['app_id', 'developer.app.id', 'app', 'developer.app.name', 'developer_app', 'developerApp'],
  developer: ['developer', 'developer.email', 'developer_email', 'developer.id'],
  consumerKey: ['client_id', 'clientId', 'apikey', 'request.queryparam.apikey'],
  id: ['messageid', 'gateway_flow_id', 'messageId'],
})
const VERB = FIELDS.slot('verb')
const URI = FIELDS.slot('uri')
const BASE_PATH = FIELDS.slot('basePath')
const SUFFIX = FIELDS.slot('suffix')
const STATUS = FIELDS.slot('status')
const START = FIELDS.slot('start')
const END = FIELDS.slot('end')
const HOST = FIELDS.slot('host')
const AGENT = FIELDS.slot('agent')
const IP = FIELDS.slot('ip')
const APP = FIELDS.slot('app')
const DEVELOPER = FIELDS.slot('developer')
const CONSUMER_KEY = FIELDS.slot('consumerKey')
const ID = FIELDS.slot('id')

/**
 * Apigee's MessageLogging policy with a JSON message over flow variables (variables reference). The author chooses the
 * keys: read are our page's short words, the variables' own names and those of Apigee's analytics records. The gateway asserts
 * developer app and developer. `client_id` is the consumer key, which is the API key: it leaves as an HMAC only.
 */
export const apigee: JsonFormat = {
  kind: 'json',
  name: 'apigee',
  title: 'Apigee MessageLogging with a JSON message',
  recognises: value => hasAny(value, VERBS) && hasAny(value, PROXIES) && hasAny(value, PLACES),
  parse,
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  FIELDS.read(value)
  const call = emptyRawCall()
  call.method = FIELDS.text(VERB)
  call.target = targetOf()
  call.host = FIELDS.text(HOST)
  call.agent = FIELDS.text(AGENT)
  call.clientIp = FIELDS.text(IP)
  call.requestId = FIELDS.text(ID)
  const identities: Identity[] = []
  identify(identities, 'app', FIELDS.text(APP))
  identify(identities, 'user', FIELDS.text(DEVELOPER))
  call.identities = identities
  call.apiKey = somebody(FIELDS.text(CONSUMER_KEY))
  call.requestHeaders = value
  call.headerPrefix = 'request.header.'
  responseHeadersInto(call, value)
  responseHeadersInto(call, value, 'response.header.')
  const start = instant(FIELDS.text(START), context.zone)
  const end = instant(FIELDS.text(END), context.zone)
  call.timeKind = Number.isNaN(start) ? 'end' : 'start'
  call.durationMs = durationMs(end - start)
  const status = asStatus(FIELDS.text(STATUS))
  return settle(call, status, Number.isNaN(start) ? end : start, context)
}

function targetOf(): string {
  const uri = FIELDS.text(URI)
  if (isTarget(uri)) return uri
  // Base path and the rest as two variables.
  const base = FIELDS.text(BASE_PATH)
  return base === '' ? uri : base + FIELDS.text(SUFFIX)
}

function instant(text: string, zone: string): number {
  const number = asNumber(text)
  const unit = epochUnit(number)
  return unit === undefined ? isoTime(text, zone) : epochTime(number, unit)
}
