import type { Outcome } from '../../services/domain/outcome.ts'
import { emptyRawCall, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import type { JsonFormat, JsonObject, ParseContext } from './format.ts'
import { identify } from './identities.ts'
import { asNumber, asStatus, numberAt, objectAt, own, textAt } from './json-value.ts'
import { isTarget } from './request-line.ts'
import { durationMs, settle } from './settle.ts'
import { isoTime } from './times.ts'
import { wireHeadersInto } from './wire-headers.ts'

// The hash of an empty key (murmur32 of ''): a keyless API.
const NO_KEY = '00000000'

/**
 * Tyk's analytics records: the pump's Kafka messages, its stdout records (`tyk-analytics-record`), and the gateway's
 * own access log (`prefix: access-log`). `timestamp` is when the record was made, at the request's end; `request_time`
 * and latencies are milliseconds. `host` of an analytics record is the upstream's and is not the host that was called;
 * `path` lacks the API's listen path unless `original_path` says it. `api_key` may be the key itself (or Tyk's hash) and is
 * repeated as tag `key-…`: it leaves as an HMAC only. Of `raw_response` four headers are read, `raw_request` never.
 */
export const tyk: JsonFormat = {
  kind: 'json',
  name: 'tyk',
  title: 'Tyk: pump records (Kafka, stdout) and gateway access log',
  recognises: value => {
    if (own(value, 'prefix') === 'access-log') return Object.hasOwn(value, 'method') && Object.hasOwn(value, 'status')
    const record = objectAt(value, 'tyk-analytics-record') ?? value
    return (
      Object.hasOwn(record, 'raw_path') &&
      Object.hasOwn(record, 'response_code') &&
      Object.hasOwn(record, 'api_id') &&
      Object.hasOwn(record, 'org_id')
    )
  },
  parse: (value, context) =>
    own(value, 'prefix') === 'access-log'
      ? accessLog(value, context)
      : record(objectAt(value, 'tyk-analytics-record') ?? value, context),
}

function record(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const call = emptyRawCall()
  call.method = textAt(value, 'method')
  const path = textAt(value, 'path')
  call.target = calledPath(value, textAt(value, 'raw_path') || path)
  // With path tracking `path` is the tracked template, over the same part of the path as `raw_path`.
  if (path.includes('{') && call.target === textAt(value, 'raw_path')) call.route = path
  const identities: Identity[] = []
  identify(identities, 'consumer', own(value, 'alias'))
  identify(identities, 'client', own(value, 'oauth_id'))
  call.identities = identities
  call.apiKey = keyOf(textAt(value, 'api_key') || taggedKey(own(value, 'tags')))
  call.clientIp = textAt(value, 'ip_address')
  call.agent = textAt(value, 'user_agent')
  const latency = objectAt(value, 'latency')
  const taken = latency === undefined ? Number.NaN : numberAt(latency, 'total')
  call.durationMs = durationMs(taken) || durationMs(firstNumber(value, 'request_time_ms', 'request_time'))
  call.timeKind = 'end'
  wireHeadersInto(call, own(value, 'raw_response'))
  return settle(call, asStatus(own(value, 'response_code')), isoTime(textAt(value, 'timestamp'), context.zone), context)
}

function accessLog(value: JsonObject, context: ParseContext): Outcome<RawCall> {
  const call = emptyRawCall()
  call.method = textAt(value, 'method')
  call.target = calledPath(value, textAt(value, 'path'))
  call.host = textAt(value, 'host')
  call.apiKey = keyOf(textAt(value, 'api_key'))
  call.clientIp = textAt(value, 'client_ip')
  call.agent = textAt(value, 'user_agent')
  call.durationMs = durationMs(numberAt(value, 'latency_total'))
  call.timeKind = 'end'
  return settle(call, asStatus(own(value, 'status')), isoTime(textAt(value, 'time'), context.zone), context)
}

function calledPath(value: JsonObject, path: string): string {
  const original = textAt(value, 'original_path')
  if (isTarget(original)) return original
  // A path without its leading slash comes from a listen path that ends in one.
  return path !== '' && !isTarget(path) ? `/${path}` : path
}

/** The logged key, '' for a keyless API's. Obfuscated keys (`****1a2b`) are no keys: many callers would share one. */
export function keyOf(key: string): string {
  return key === NO_KEY || key.includes('***') ? '' : key
}

function taggedKey(tags: unknown): string {
  if (!Array.isArray(tags)) return ''
  for (let i = 0; i < tags.length && i < 64; i++) {
    const tag: unknown = tags[i]
    if (typeof tag === 'string' && tag.startsWith('key-')) return tag.slice(4)
  }
  return ''
}

function firstNumber(value: JsonObject, one: string, other: string): number {
  const number = asNumber(own(value, one))
  return Number.isNaN(number) ? asNumber(own(value, other)) : number
}
