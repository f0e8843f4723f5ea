import type { Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import { firstText, hasAny } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify, somebody } from './identities.ts'
import { asNumber, asStatus, textAt } from './json-value.ts'
import { isTarget } from './request-line.ts'
import { responseHeadersInto } from './response-headers.ts'
import { durationMs, settle } from './settle.ts'
import { epochTime, epochUnit, isoTime } from './times.ts'

// A policy's author names the keys: short words, flow variables as they are, or analytics' underscored ones.
const VERBS = ['verb', 'request.verb', 'request_verb', 'requestVerb']
const URIS = ['uri', 'request.uri', 'request_uri', 'requestUri', 'request.path', 'request_path', 'path']
const STATUSES = [
  'status',
  'response.status.code',
  'response_status_code',
  'response.code',
  'statusCode',
  'status_code',
]
const STARTS = [
  'ts',
  'client.received.start.timestamp',
  'client_received_start_timestamp',
  'start',
  'timestamp',
  'time',
]
const ENDS = ['end', 'client.sent.end.timestamp', 'client_sent_end_timestamp']
const PROXIES = ['proxy', 'apiproxy.name', 'apiproxy', 'apiproxy_name', 'proxyName']
const PLACES = ['messageid', 'org', 'organization', 'organization.name', 'environment', 'environment.name', 'env']
const HOSTS = ['host', 'request.header.host', 'request_header_host', 'virtualhost']
const AGENTS = ['user_agent', 'useragent', 'userAgent', 'request.header.user-agent']
const IPS = ['client_ip', 'client.ip', 'proxy.client.ip', 'clientIp']
const APPS = ['app_id', 'developer.app.id', 'app', 'developer.app.name', 'developer_app', 'developerApp']
const DEVELOPERS = ['developer', 'developer.email', 'developer_email', 'developer.id']
const CONSUMER_KEYS = ['client_id', 'clientId', 'apikey', 'request.queryparam.apikey']
const IDS = ['messageid', 'gateway_flow_id', 'messageId']

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
  const call = emptyRawCall()
  call.method = firstText(value, VERBS)
  call.target = targetOf(value)
  call.host = firstText(value, HOSTS)
  call.agent = firstText(value, AGENTS)
  call.clientIp = firstText(value, IPS)
  call.requestId = firstText(value, IDS)
  const identities: Identity[] = []
  identify(identities, 'app', firstText(value, APPS))
  identify(identities, 'user', firstText(value, DEVELOPERS))
  call.identities = identities
  call.apiKey = somebody(firstText(value, CONSUMER_KEYS))
  call.requestHeaders = value
  call.headerPrefix = 'request.header.'
  responseHeadersInto(call, value)
  responseHeadersInto(call, value, 'response.header.')
  const start = instant(firstText(value, STARTS), context.zone)
  const end = instant(firstText(value, ENDS), context.zone)
  call.timeKind = Number.isNaN(start) ? 'end' : 'start'
  call.durationMs = durationMs(end - start)
  const status = asStatus(firstText(value, STATUSES))
  return settle(call, status, Number.isNaN(start) ? end : start, context)
}

function targetOf(value: JsonObject): string {
  const uri = firstText(value, URIS)
  if (isTarget(uri)) return uri
  // Base path and the rest as two variables.
  const base = textAt(value, 'proxy.basepath')
  return base === '' ? uri : base + textAt(value, 'proxy.pathsuffix')
}

function instant(text: string, zone: string): number {
  const number = asNumber(text)
  const unit = epochUnit(number)
  return unit === undefined ? isoTime(text, zone) : epochTime(number, unit)
}
