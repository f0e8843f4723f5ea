import type { Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import { Aliases } from './aliases.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify } from './identities.ts'
import { asNumber, asStatus, own } from './json-value.ts'
import { responseHeadersInto } from './response-headers.ts'
import { durationMs, settle } from './settle.ts'
import { epochTime, isoTime } from './times.ts'
import { usTime } from './us-time.ts'

const FIELDS = new Aliases({
  method: ['Method', 'RequestMethod', 'HttpMethod'],
  url: ['Url', 'RequestUrl', 'OriginalUrl', 'Path', 'RequestPath'],
  host: ['Host', 'RequestHost'],
  status: ['StatusCode', 'ResponseCode', 'ResponseStatusCode', 'Status'],
  subscription: ['SubscriptionId', 'SubscriptionName', 'Subscription'],
  user: ['UserId', 'User'],
  agent: ['UserAgent', 'RequestUserAgent'],
  duration: ['DurationMs', 'ElapsedMs', 'Elapsed'],
  ip: ['RequestIp'],
  id: ['RequestId'],
})
const METHOD = FIELDS.slot('method')
const ADDRESS = FIELDS.slot('url')
const HOST = FIELDS.slot('host')
const STATUS = FIELDS.slot('status')
const SUBSCRIPTION = FIELDS.slot('subscription')
const USER = FIELDS.slot('user')
const AGENT = FIELDS.slot('agent')
const DURATION = FIELDS.slot('duration')
const IP = FIELDS.slot('ip')
const ID = FIELDS.slot('id')

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
  FIELDS.read(value)
  const call = emptyRawCall()
  call.method = FIELDS.text(METHOD)
  call.target = FIELDS.text(ADDRESS)
  call.host = FIELDS.text(HOST)
  call.agent = FIELDS.text(AGENT)
  call.clientIp = FIELDS.text(IP)
  call.requestId = FIELDS.text(ID)
  call.durationMs = durationMs(asNumber(FIELDS.text(DURATION)))
  const identities: Identity[] = []
  identify(identities, 'subscription', FIELDS.text(SUBSCRIPTION))
  identify(identities, 'user', FIELDS.text(USER))
  call.identities = identities
  call.requestHeaders = value
  responseHeadersInto(call, value)
  return settle(call, asStatus(FIELDS.text(STATUS)), timeOf(own(value, 'EventTime'), context.zone), context)
}

function timeOf(value: unknown, zone: string): number {
  if (typeof value === 'number') return epochTime(value, value < 1e11 ? 's' : 'ms')
  if (typeof value !== 'string') return Number.NaN
  const iso = isoTime(value, zone)
  return Number.isNaN(iso) ? usTime(value) : iso
}
