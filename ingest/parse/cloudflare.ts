import { type Drop, drop, type Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import { hasAny } from './first-text.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify } from './identities.ts'
import { asNumber, asStatus, numberAt, objectAt, own, textAt } from './json-value.ts'
import { responseHeadersInto } from './response-headers.ts'
import { durationMs, settle } from './settle.ts'
import { epochTime, epochUnit, isoTime } from './times.ts'

const CLIENT = ['ClientRequestMethod', 'ClientRequestURI', 'ClientRequestPath', 'ClientRequestHost']
const EDGE = ['EdgeStartTimestamp', 'EdgeEndTimestamp', 'EdgeResponseStatus', 'RayID']
// Made by Cloudflare itself on behalf of a request that has a row of its own (reference: ClientRequestSource field).
const CAUSED = new Set([
  'purge',
  'edgeWorkerFetch',
  'edgeWorkerCacheAPI',
  'edgeWorkerKV',
  'imageResizing',
  'earlyHintsCache',
])
const PROBES = new Set(['healthcheck', 'sslDetector', 'alwaysOnline'])

/**
 * Cloudflare Logpush, Logpull and Instant Logs, dataset http_requests. Every field may be missing. Times come as nanoseconds
 * (above 2^53: exact to the millisecond), seconds or RFC 3339, as numbers or strings. Rows a Worker caused are not calls of a client.
 * Nobody is asserted but a verified client certificate, which Cloudflare logs for the first request of a connection;
 * `RequestHeaders` are the client's own words. `SampleInterval` and `SampleRate` give the weight.
 */
export const cloudflare: JsonFormat = {
  kind: 'json',
  name: 'cloudflare',
  title: 'Cloudflare Logpush http_requests',
  recognises: value => hasAny(value, CLIENT) && hasAny(value, EDGE),
  parse,
}

function parse(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const left = leftOut(value)
  if (left !== undefined) return left
  const call = emptyRawCall()
  call.method = textAt(value, 'ClientRequestMethod')
  call.target = textAt(value, 'ClientRequestURI') || textAt(value, 'ClientRequestPath')
  call.host = textAt(value, 'ClientRequestHost')
  call.agent = textAt(value, 'ClientRequestUserAgent')
  call.clientIp = textAt(value, 'ClientIP')
  call.requestId = textAt(value, 'RayID')
  call.requestHeaders = objectAt(value, 'RequestHeaders')
  responseHeadersInto(call, objectAt(value, 'ResponseHeaders'))
  if (own(value, 'ClientMTLSAuthStatus') === 'ok') {
    const identities: Identity[] = []
    identify(identities, 'credential', own(value, 'ClientMTLSAuthCertFingerprint'))
    call.identities = identities
  }
  call.synthetic = PROBES.has(textAt(value, 'ClientRequestSource'))
  call.weight = weightOf(value)
  const start = instant(own(value, 'EdgeStartTimestamp'))
  const end = instant(own(value, 'EdgeEndTimestamp'))
  call.durationMs = durationMs(end - start) || durationMs(numberAt(value, 'EdgeTimeToFirstByteMs'))
  call.timeKind = Number.isNaN(start) ? 'end' : 'start'
  return settle(call, asStatus(own(value, 'EdgeResponseStatus')), Number.isNaN(start) ? end : start, context)
}

function leftOut(value: JsonObject): Drop | undefined {
  // A row of dataset firewall_events: the request it is about has its own in http_requests.
  if (Object.hasOwn(value, 'Action') && Object.hasOwn(value, 'Datetime')) return drop('not-a-request')
  const worker = own(value, 'WorkerSubrequest')
  const parent = textAt(value, 'ParentRayID')
  // "00" is how a row without a parent is logged.
  const caused = worker === true || worker === 'true' || (parent !== '' && parent !== '00' && parent !== '0')
  return caused || CAUSED.has(textAt(value, 'ClientRequestSource')) ? drop('subrequest') : undefined
}

/** One row of n (`SampleInterval`), or a share of all (`SampleRate`, 0.1 is one of ten); whole, 1 when not sampled. */
function weightOf(value: JsonObject): number {
  const interval = asNumber(own(value, 'SampleInterval') ?? own(value, 'sampleInterval'))
  if (interval >= 1 && interval <= 1e6) return Math.round(interval)
  const rate = asNumber(own(value, 'SampleRate') ?? own(value, 'sample_rate'))
  return rate >= 1e-6 && rate < 1 ? Math.round(1 / rate) : 1
}

function instant(value: unknown): number {
  const number = asNumber(value)
  const unit = epochUnit(number)
  // A string of nanoseconds is read as digits, a number as well as a double can.
  if (unit !== undefined) return epochTime(value, unit)
  return typeof value === 'string' ? isoTime(value, 'UTC') : Number.NaN
}
