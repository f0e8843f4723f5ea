import { drop, type Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import { stagedPath } from './aws-stage.ts'
import { firstText, hasAny } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify, somebody } from './identities.ts'
import { asStatus, numberAt, objectAt, own, textAt } from './json-value.ts'
import { durationMs, settle } from './settle.ts'
import { clfTime, epochTime } from './times.ts'

const IDS = ['extendedRequestId', 'requestId']
const PATHS = ['path', 'resourcePath', 'routeKey']
const TIMES = ['requestTimeEpoch', 'requestTime']
const HOSTS = ['domainName', 'domain', 'host']
const IPS = ['ip', 'sourceIp', 'identity.sourceIp']
const AGENTS = ['userAgent', 'identity.userAgent']
const DURATIONS = ['responseLatency', 'responseTime']
const KEYS = ['apiKey', 'identity.apiKey']
const KEY_IDS = ['apiKeyId', 'identity.apiKeyId']
const PRINCIPALS = ['principalId', 'authorizer.principalId', 'authorizerPrincipalId']
const CLIENTS = ['client_id', 'authorizer.claims.client_id', 'claims.client_id', 'clientId', 'azp']
const SUBJECTS = ['sub', 'authorizer.claims.sub', 'claims.sub', 'authorizer.jwt.claims.sub']
const CALLERS = ['userArn', 'identity.userArn', 'caller', 'identity.caller', 'user', 'identity.user']
const POOLS = ['cognitoIdentityId', 'identity.cognitoIdentityId']
const CERTIFICATES = ['clientCertSubjectDN', 'identity.clientCert.subjectDN']

/**
 * Amazon API Gateway access logs in JSON, REST and HTTP APIs: the console's presets and formats that name their keys
 * after the `$context` variables, flat or nested under `identity` and `authorizer` (developer guide, "$context
 * variables for access logging"). All values are strings, `-` is null. The instant is the request's arrival. Order of
 * trust: API key id, authorizer's principal, OAuth client, subject, IAM caller, identity pool, certificate.
 * `identity.apiKey` is the secret itself and leaves as an HMAC only.
 */
export const awsApiGateway: JsonFormat = {
  kind: 'json',
  name: 'aws-api-gateway',
  title: 'Amazon API Gateway access logs, JSON (REST and HTTP APIs)',
  recognises: value =>
    hasAny(value, IDS) &&
    hasAny(value, TIMES) &&
    hasAny(value, PATHS) &&
    (Object.hasOwn(value, 'httpMethod') ? Object.hasOwn(value, 'status') : Object.hasOwn(value, 'connectionId')),
  parse,
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const call = emptyRawCall()
  call.method = textAt(value, 'httpMethod')
  // A WebSocket API logs connections and messages, no HTTP requests.
  if (call.method === '' && Object.hasOwn(value, 'connectionId')) return drop('not-a-request')
  call.host = firstText(value, HOSTS)
  const path = stagedPath(textAt(value, 'path'), textAt(value, 'stage'), templateOf(value), call.host)
  call.target = path.target
  call.route = path.route
  const identity = objectAt(value, 'identity')
  call.clientIp = firstText(value, IPS) || (identity === undefined ? '' : firstText(identity, IPS))
  call.agent = firstText(value, AGENTS) || (identity === undefined ? '' : textAt(identity, 'userAgent'))
  // `requestId` may be set by the caller; the extended one may not.
  call.requestId = firstText(value, IDS)
  call.durationMs = durationMs(Number(firstText(value, DURATIONS)))
  call.identities = identitiesOf(value, identity)
  call.apiKey = somebody(firstText(value, KEYS)) || (identity === undefined ? '' : somebody(own(identity, 'apiKey')))
  call.timeKind = 'start'
  const epoch = numberAt(value, 'requestTimeEpoch')
  const time = Number.isNaN(epoch) ? clfTime(textAt(value, 'requestTime'), context.zone) : epochTime(epoch, 'ms')
  return settle(call, asStatus(own(value, 'status')), time, context)
}

/** `/orders/{id}` of a REST API's resource, or of an HTTP API's `GET /orders/{id}`. */
function templateOf(value: JsonObject): string {
  const resource = textAt(value, 'resourcePath')
  if (resource !== '') return resource
  const key = textAt(value, 'routeKey')
  return key.slice(key.indexOf(' ') + 1)
}

function identitiesOf(value: JsonObject, identity: JsonObject | undefined): Identity[] {
  const found: Identity[] = []
  identify(found, 'credential', firstText(value, KEY_IDS))
  if (identity !== undefined) identify(found, 'credential', own(identity, 'apiKeyId'))
  const authorizer = objectAt(value, 'authorizer')
  identify(found, 'user', firstText(value, PRINCIPALS))
  if (authorizer !== undefined) identify(found, 'user', own(authorizer, 'principalId'))
  const claims = objectAt(value, 'claims') ?? (authorizer === undefined ? undefined : objectAt(authorizer, 'claims'))
  identify(found, 'client', firstText(value, CLIENTS) || (claims === undefined ? '' : firstText(claims, CLIENTS)))
  identify(found, 'user', firstText(value, SUBJECTS) || (claims === undefined ? '' : firstText(claims, SUBJECTS)))
  identify(found, 'user', firstText(value, CALLERS) || (identity === undefined ? '' : firstText(identity, CALLERS)))
  identify(found, 'user', firstText(value, POOLS) || (identity === undefined ? '' : firstText(identity, POOLS)))
  identify(found, 'client', firstText(value, CERTIFICATES))
  return found
}
