import { drop, type Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, headerOf, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import { firstText, hasAny } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify } from './identities.ts'
import { asNumber, asStatus, isObject, own } from './json-value.ts'
import { responseHeadersInto } from './response-headers.ts'
import { durationMs, settle } from './settle.ts'
import { isoTime } from './times.ts'

// Event Hubs and storage accounts write camelCase with `properties`; Log Analytics PascalCase and flat, and in its
// table AzureDiagnostics the type behind the name.
const TIMES = ['time', 'TimeGenerated']
const CATEGORIES = ['category', 'Category']
const METHODS = ['method', 'Method', 'method_s']
const URLS = ['url', 'Url', 'url_s']
const CALLERS = ['callerIpAddress', 'CallerIpAddress', 'CallerIPAddress']
const CORRELATIONS = ['correlationId', 'CorrelationId']
const SUBSCRIPTIONS = ['apimSubscriptionId', 'ApimSubscriptionId', 'apimSubscriptionId_s', 'SubscriptionId']
const STATUSES = ['responseCode', 'ResponseCode', 'responseCode_d']
const DURATIONS = ['durationMs', 'DurationMs', 'TotalTime']
const USERS = ['userId', 'UserId', 'userId_s']
const CATEGORY = 'GatewayLogs'
const OPERATION = 'Microsoft.ApiManagement/GatewayLogs'

/**
 * Azure API Management resource logs (category GatewayLogs), from Event Hubs, a storage account or a Log Analytics
 * export (gateway log schema reference). `time` is when the gateway began with the request, in UTC with or without the letter, `durationMs`/`TotalTime`
 * milliseconds. The gateway asserts subscription and user. `url` holds `?subscription-key=…`, logged headers may hold
 * `Ocp-Apim-Subscription-Key`: both are read by name and not kept.
 */
export const azureApim: JsonFormat = {
  kind: 'json',
  name: 'azure-apim',
  title: 'Azure API Management GatewayLogs (diagnostic settings)',
  recognises: value => isOf(value) && (Object.hasOwn(value, 'properties') || hasAny(value, URLS)),
  parse,
}

function isService(resource: unknown): boolean {
  return typeof resource === 'string' && resource.length < 1024 && /\/MICROSOFT\.APIMANAGEMENT\//i.test(resource)
}

function isOf(value: JsonObject): boolean {
  return (
    own(value, 'operationName') === OPERATION ||
    own(value, 'OperationName') === OPERATION ||
    own(value, 'Type') === 'ApiManagementGatewayLogs' ||
    ((own(value, 'category') === CATEGORY || own(value, 'Category') === CATEGORY) &&
      (Object.hasOwn(value, 'correlationId') || Object.hasOwn(value, 'CorrelationId'))) ||
    (Object.hasOwn(value, 'category') && isService(own(value, 'resourceId')))
  )
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const category = firstText(value, CATEGORIES)
  // WebSocket connections and developer portal usage share the stream.
  if (category !== '' && category !== CATEGORY) return drop('not-a-request')
  const details = bagOf(own(value, 'properties')) ?? value
  const call = emptyRawCall()
  call.method = firstText(details, METHODS)
  call.target = firstText(details, URLS)
  call.clientIp = firstText(value, CALLERS)
  call.requestId = firstText(value, CORRELATIONS)
  call.durationMs = durationMs(asNumber(firstText(value, DURATIONS)))
  const identities: Identity[] = []
  identify(identities, 'subscription', firstText(details, SUBSCRIPTIONS))
  identify(identities, 'user', firstText(details, USERS))
  call.identities = identities
  call.requestHeaders = bagOf(own(details, 'requestHeaders') ?? own(details, 'RequestHeaders'))
  call.agent = headerOf(call, 'user-agent')
  responseHeadersInto(call, bagOf(own(details, 'responseHeaders') ?? own(details, 'ResponseHeaders')))
  call.timeKind = 'start'
  const status = asStatus(firstText(details, STATUSES))
  return settle(call, status, isoTime(firstText(value, TIMES), 'UTC'), context)
}

/** Exports of Log Analytics hold `dynamic` columns as JSON text, the first logs of the service all their properties. */
function bagOf(value: unknown): JsonObject | undefined {
  if (isObject(value)) return value
  if (typeof value !== 'string' || value.charCodeAt(0) !== 0x7b || value.length > 65_536) return undefined
  try {
    const parsed: unknown = JSON.parse(value)
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
