import type { Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import { firstText } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify } from './identities.ts'
import { asNumber, asStatus, own, textAt } from './json-value.ts'
import { responseHeadersInto } from './response-headers.ts'
import { durationMs, settle } from './settle.ts'
import { epochTime, isoTime } from './times.ts'
import { usTime } from './us-time.ts'

const METHODS = ['Method', 'RequestMethod', 'HttpMethod']
const URLS = ['Url', 'RequestUrl', 'OriginalUrl', 'Path', 'RequestPath']
const HOSTS = ['Host', 'RequestHost']
const STATUSES = ['StatusCode', 'ResponseCode', 'ResponseStatusCode', 'Status']
const SUBSCRIPTIONS = ['SubscriptionId', 'SubscriptionName', 'Subscription']
const USERS = ['UserId', 'User']
const AGENTS = ['UserAgent', 'RequestUserAgent']
const DURATIONS = ['DurationMs', 'ElapsedMs', 'Elapsed']

/**
 * Records of Azure API Management's log-to-eventhub policy, written as Microsoft's example does (`EventTime`,
 * `ServiceName`, `RequestId`, …) with method, URL, status and subscription added as our page shows: the example
 * alone names no request. `EventTime` is when the policy ran. The subscription's id or name is asserted; its key must
 * not be logged.
 */
export const azureEventhub: JsonFormat = {
  kind: 'json',
  name: 'azure-eventhub',
  title: 'Azure API Management log-to-eventhub policy',
  recognises: value =>
    Object.hasOwn(value, 'EventTime') &&
    Object.hasOwn(value, 'RequestId') &&
    (Object.hasOwn(value, 'ServiceName') || Object.hasOwn(value, 'OperationName')),
  parse,
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const call = emptyRawCall()
  call.method = firstText(value, METHODS)
  call.target = firstText(value, URLS)
  call.host = firstText(value, HOSTS)
  call.agent = firstText(value, AGENTS)
  call.clientIp = textAt(value, 'RequestIp')
  call.requestId = textAt(value, 'RequestId')
  call.durationMs = durationMs(asNumber(firstText(value, DURATIONS)))
  const identities: Identity[] = []
  identify(identities, 'subscription', firstText(value, SUBSCRIPTIONS))
  identify(identities, 'user', firstText(value, USERS))
  call.identities = identities
  call.requestHeaders = value
  responseHeadersInto(call, value)
  return settle(call, asStatus(firstText(value, STATUSES)), timeOf(own(value, 'EventTime'), context.zone), context)
}

function timeOf(value: unknown, zone: string): number {
  if (typeof value === 'number') return epochTime(value, value < 1e11 ? 's' : 'ms')
  if (typeof value !== 'string') return Number.NaN
  const iso = isoTime(value, zone)
  return Number.isNaN(iso) ? usTime(value) : iso
}
