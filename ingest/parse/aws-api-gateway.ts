import { drop, type Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import { Aliases } from './aliases.ts'
import { stagedPath } from './aws-stage.ts'
import { hasAny } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify, somebody } from './identities.ts'
import { asNumber, asStatus } from './json-value.ts'
import { durationMs, settle } from './settle.ts'
import { clfTime, epochTime } from './times.ts'

const FIELDS = new Aliases(
  {
    // `requestId` may be set by the caller; the extended one may not.
    requestId: ['extendedRequestId', 'extended_request_id', 'requestId', 'request_id'],
    method: ['httpMethod', 'http_method'],
    path: ['path'],
    resource: ['resourcePath', 'resource_path'],
    routeKey: ['routeKey', 'route_key'],
    stage: ['stage'],
    host: ['domainName', 'domain_name', 'domain', 'host'],
    status: ['status'],
    epoch: ['requestTimeEpoch', 'request_time_epoch'],
    time: ['requestTime', 'request_time'],
    duration: ['responseLatency', 'response_latency', 'responseTime'],
    ip: ['ip', 'sourceIp', 'source_ip', 'identity.sourceIp', 'identity.ip'],
    agent: ['userAgent', 'user_agent', 'identity.userAgent'],
    key: ['apiKey', 'api_key', 'identity.apiKey'],
    keyId: ['apiKeyId', 'api_key_id', 'identity.apiKeyId'],
    principal: ['principalId', 'principal_id', 'authorizer.principalId', 'authorizerPrincipalId'],
    client: ['client_id', 'authorizer.claims.client_id', 'claims.client_id', 'authorizer.jwt.claims.client_id'],
    subject: ['sub', 'authorizer.claims.sub', 'claims.sub', 'authorizer.jwt.claims.sub'],
    caller: ['userArn', 'user_arn', 'identity.userArn', 'caller', 'identity.caller', 'user', 'identity.user'],
    pool: ['cognitoIdentityId', 'identity.cognitoIdentityId'],
    certificate: ['clientCertSubjectDN', 'identity.clientCert.subjectDN'],
  },
  [
    'identity',
    'identity.clientCert',
    'authorizer',
    'authorizer.claims',
    'authorizer.jwt',
    'authorizer.jwt.claims',
    'claims',
  ],
)
const REQUEST_ID = FIELDS.slot('requestId')
const METHOD = FIELDS.slot('method')
const PATH = FIELDS.slot('path')
const RESOURCE = FIELDS.slot('resource')
const ROUTE_KEY = FIELDS.slot('routeKey')
const STAGE = FIELDS.slot('stage')
const HOST = FIELDS.slot('host')
const STATUS = FIELDS.slot('status')
const EPOCH = FIELDS.slot('epoch')
const TIME = FIELDS.slot('time')
const DURATION = FIELDS.slot('duration')
const IP = FIELDS.slot('ip')
const AGENT = FIELDS.slot('agent')
const KEY = FIELDS.slot('key')
const KEY_ID = FIELDS.slot('keyId')
const PRINCIPAL = FIELDS.slot('principal')
const CLIENT = FIELDS.slot('client')
const SUBJECT = FIELDS.slot('subject')
const CALLER = FIELDS.slot('caller')
const POOL = FIELDS.slot('pool')
const CERTIFICATE = FIELDS.slot('certificate')

const IDS = ['requestId', 'extendedRequestId']
const PATHS = ['path', 'resourcePath', 'routeKey']
const TIMES = ['requestTimeEpoch', 'requestTime']
// Snake case, as Terraform modules like it; the route is what no other gateway logs under these names.
const SNAKE_ROUTES = ['route_key', 'resource_path']
const SNAKE_TIMES = ['request_time_epoch', 'request_time']

/**
 * Amazon API Gateway access logs in JSON, REST and HTTP APIs: the console's presets and formats that name their keys
 * after the `$context` variables, in camel or snake case, flat, dotted, or nested under `identity` and `authorizer` (developer guide, "$context
 * variables for access logging"). All values are strings, `-` is null. The instant is the request's arrival. Order of
 * trust: API key id, authorizer's principal, OAuth client, subject, IAM caller, identity pool, certificate.
 * `identity.apiKey` is the secret itself and leaves as an HMAC only.
 */
export const awsApiGateway: JsonFormat = {
  kind: 'json',
  name: 'aws-api-gateway',
  title: 'Amazon API Gateway access logs, JSON (REST and HTTP APIs)',
  recognises: value => isCamel(value) || isSnake(value),
  parse,
}

function isCamel(value: JsonObject): boolean {
  return (
    hasAny(value, IDS) &&
    hasAny(value, TIMES) &&
    hasAny(value, PATHS) &&
    (Object.hasOwn(value, 'httpMethod') ? Object.hasOwn(value, 'status') : Object.hasOwn(value, 'connectionId'))
  )
}

function isSnake(value: JsonObject): boolean {
  return Object.hasOwn(value, 'http_method') && hasAny(value, SNAKE_ROUTES) && hasAny(value, SNAKE_TIMES)
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  FIELDS.read(value)
  const call = emptyRawCall()
  call.method = FIELDS.text(METHOD)
  // A WebSocket API logs connections and messages, no HTTP requests.
  if (call.method === '' && Object.hasOwn(value, 'connectionId')) return drop('not-a-request')
  call.host = FIELDS.text(HOST)
  const path = stagedPath(FIELDS.text(PATH), FIELDS.text(STAGE), template(), call.host)
  call.target = path.target
  call.route = path.route
  call.clientIp = FIELDS.text(IP)
  call.agent = FIELDS.text(AGENT)
  call.requestId = FIELDS.text(REQUEST_ID)
  call.durationMs = durationMs(asNumber(FIELDS.text(DURATION)))
  call.identities = identities()
  call.apiKey = somebody(FIELDS.text(KEY))
  call.timeKind = 'start'
  const epoch = epochTime(FIELDS.text(EPOCH), 'ms')
  const time = Number.isNaN(epoch) ? clfTime(FIELDS.text(TIME), context.zone) : epoch
  return settle(call, asStatus(FIELDS.text(STATUS)), time, context)
}

/** `/orders/{id}` of a REST API's resource, or of an HTTP API's `GET /orders/{id}`. */
function template(): string {
  const resource = FIELDS.text(RESOURCE)
  if (resource !== '') return resource
  const key = FIELDS.text(ROUTE_KEY)
  return key.slice(key.indexOf(' ') + 1)
}

function identities(): Identity[] {
  const found: Identity[] = []
  identify(found, 'credential', FIELDS.text(KEY_ID))
  identify(found, 'user', FIELDS.text(PRINCIPAL))
  identify(found, 'client', FIELDS.text(CLIENT))
  identify(found, 'user', FIELDS.text(SUBJECT))
  identify(found, 'user', FIELDS.text(CALLER))
  identify(found, 'user', FIELDS.text(POOL))
  identify(found, 'client', FIELDS.text(CERTIFICATE))
  return found
}
