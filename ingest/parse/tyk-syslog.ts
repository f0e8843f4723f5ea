import { type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { identify } from './identities.ts'
import { meaningful } from './json-value.ts'
import { settle } from './settle.ts'
import { millis, statusOf } from './text-fields.ts'
import { isoTime } from './times.ts'
import { keyOf } from './tyk.ts'
import { wireHeadersInto } from './wire-headers.ts'

/** The keys of the pump's map, in the order in which Go prints a map: sorted. */
const KEYS = [
  'alias',
  'api_id',
  'api_key',
  'api_name',
  'api_version',
  'content_length',
  'host',
  'ip_address',
  'method',
  'oauth_id',
  'org_id',
  'path',
  'raw_path',
  'raw_request',
  'raw_response',
  'request_time_ms',
  'response_code',
  'timestamp',
  'user_agent',
] as const
const MARKS = KEYS.map(key => ` ${key}:`)
const START = 'map[alias:'

/**
 * Tyk Pump's syslog pump: a Go map printed as text, `map[alias:… api_id:… … user_agent:…]` (tyk-pump, pumps/syslog.go).
 * Values are neither quoted nor escaped, so each ends where the next known key begins. `timestamp` is when the request
 * was recorded, at its end. `host` is the upstream's and is not taken; paths are without the listen path and decoded.
 */
export const tykSyslog: TextFormat = {
  kind: 'text',
  name: 'tyk-syslog',
  title: 'Tyk Pump, syslog pump',
  recognises: line => {
    const start = line.indexOf(START)
    return (
      start !== -1 && (start === 0 || line.charCodeAt(start - 1) === 0x20) && line.indexOf(' api_id:', start) !== -1
    )
  },
  parse,
}

function parse(line: string, context: ParseContext): Outcome<RawCall> {
  const start = line.indexOf(START)
  if (start === -1) return unparsed('unknown-format')
  const values = valuesOf(line, start + 4)
  const at = (key: (typeof KEYS)[number]): string => meaningful(values[KEYS.indexOf(key)] ?? '')
  const call = emptyRawCall()
  call.truncated = values.length < KEYS.length
  call.timeKind = 'end'
  call.method = at('method')
  call.target = encoded(at('raw_path') || at('path'))
  call.clientIp = at('ip_address')
  call.agent = at('user_agent')
  call.durationMs = millis(at('request_time_ms'))
  call.apiKey = keyOf(at('api_key'))
  const identities: Identity[] = []
  identify(identities, 'consumer', at('alias'))
  identify(identities, 'client', at('oauth_id'))
  call.identities = identities
  wireHeadersInto(call, at('raw_response'))
  const status = at('response_code')
  return settle(call, statusOf(status, 0, status.length), goTime(at('timestamp')), context)
}

/** The values in the order of KEYS, up to the first key that is missing: what stands behind a cut is not read. */
function valuesOf(line: string, from: number): string[] {
  const values: string[] = []
  let at = from + 'alias:'.length
  for (let i = 1; i < MARKS.length; i++) {
    const mark = MARKS[i] ?? ''
    const next = line.indexOf(mark, at)
    if (next === -1) return values
    values.push(line.slice(at, next))
    at = next + mark.length
  }
  const end = line.lastIndexOf(']')
  if (end >= at) values.push(line.slice(at, end))
  return values
}

/** Go's `time.Time` text, `2026-11-22 03:23:24.598123456 +0000 UTC`, perhaps with a monotonic reading behind it. */
function goTime(text: string): number {
  const clock = text.indexOf(' ')
  const offset = text.indexOf(' ', clock + 1)
  const name = offset === -1 ? -1 : text.indexOf(' ', offset + 1)
  return isoTime(name === -1 ? text : text.slice(0, name), 'UTC')
}

// The path is logged decoded: what would mean something in a target again is encoded.
function encoded(path: string): string {
  if (path.indexOf('%') === -1 && path.indexOf('?') === -1 && path.indexOf('#') === -1) return path
  return path.replaceAll('%', '%25').replaceAll('?', '%3F').replaceAll('#', '%23')
}
