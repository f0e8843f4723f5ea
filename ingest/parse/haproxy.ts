import { drop, type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { cutRequestInto, haproxyRequestInto } from './cut-request.ts'
import { unescapeHash } from './escape.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { settle } from './settle.ts'
import { blankAt, isDigits, millis, statusOf, withoutPort } from './text-fields.ts'
import { clfTime } from './times.ts'

// A syslog header may stand before the line; further in there is none.
const LAST_START = 300

/**
 * HAProxy's `option httplog` and `option httpslog`, with or without a syslog header (configuration manual 8.2.3):
 * `client:port [accept date] frontend backend/server TR/Tw/Tc/Tr/Ta status bytes …` then captured headers and the
 * request. The date is the request's start, local, without a zone. Captured headers are positional and come out as
 * request headers `capture.req.hdr-0` …; a pasted configuration (haproxy-log-format) gives them their names.
 * Lines of `option tcplog` and of refused connections share the stream and are no requests.
 */
export const haproxy: TextFormat = {
  kind: 'text',
  name: 'haproxy',
  title: 'HAProxy option httplog and httpslog',
  recognises: line => dateAt(line) !== -1 || isConnect(line),
  parse,
}

function parse(line: string, context: ParseContext): Outcome<RawCall> {
  const date = dateAt(line)
  if (date === -1) return isConnect(line) ? drop('not-a-request') : unparsed('unknown-format')
  const frontend = date + 27
  const backend = blankAt(line, frontend) + 1
  if (line.charCodeAt(backend - 2) === 0x3a) return drop('not-a-request')
  const timers = blankAt(line, backend) + 1
  const status = blankAt(line, timers) + 1
  const count = slashes(line, timers, status)
  if (count === 2) return drop('not-a-request')
  if (count !== 4) return status > line.length ? unparsed('no-status') : unparsed('unknown-format')
  const call = emptyRawCall()
  call.timeKind = 'start'
  call.durationMs = millis(line.slice(line.lastIndexOf('/', status - 2) + 1, status - 1))
  call.clientIp = withoutPort(line.slice(line.lastIndexOf(' ', date - 2) + 1, date - 1))
  // Behind the status: bytes, two cookies, termination state, connections, queues.
  let at = status
  for (let skipped = 0; skipped < 7; skipped++) at = blankAt(line, at) + 1
  at = capturesInto(call, line, at)
  if (!quotedRequestInto(call, line, at)) return unparsed('no-request')
  return settle(
    call,
    statusOf(line, status, blankAt(line, status)),
    clfTime(line.slice(date + 1, date + 25), context.zone),
    context,
  )
}

/** Index of the `[` of the accept date, -1 when the line is not HAProxy's. Milliseconds and no zone: no other layout has that. */
function dateAt(line: string): number {
  let open = line.indexOf(' [')
  while (open !== -1 && open < LAST_START) {
    if (isDate(line, open + 2)) return isClient(line, open) ? open + 1 : -1
    open = line.indexOf(' [', open + 2)
  }
  return -1
}

// `22/Nov/2026:03:23:24.892] `
function isDate(line: string, at: number): boolean {
  return (
    line.charCodeAt(at + 24) === 0x5d &&
    line.charCodeAt(at + 25) === 0x20 &&
    line.charCodeAt(at + 20) === 0x2e &&
    line.charCodeAt(at + 2) === 0x2f &&
    line.charCodeAt(at + 6) === 0x2f &&
    line.charCodeAt(at + 11) === 0x3a &&
    isDigits(line, at + 21, at + 24) &&
    isDigits(line, at + 7, at + 11)
  )
}

// `address:port`, at the line's beginning or behind a syslog header's end (`haproxy[1]: ` or RFC 5424's `- `).
function isClient(line: string, end: number): boolean {
  const start = line.lastIndexOf(' ', end - 1) + 1
  const colon = line.lastIndexOf(':', end - 1)
  if (colon <= start || !isDigits(line, colon + 1, end)) return false
  const before = line.charCodeAt(start - 2)
  return start === 0 || before === 0x3a || (before === 0x2d && line.charCodeAt(0) === 0x3c)
}

// Without `option httplog`: `Connect from 10.0.1.2:33312 to 10.0.3.31:8012 (www/HTTP)`.
function isConnect(line: string): boolean {
  return line.startsWith('Connect from ') && line.endsWith(')') && line.indexOf(' to ') !== -1
}

function slashes(line: string, from: number, to: number): number {
  let count = 0
  for (let at = line.indexOf('/', from); at !== -1 && at < to; at = line.indexOf('/', at + 1)) count++
  return count
}

/** Reads up to two `{a|b}` blocks, request's then response's, into the header bag; returns where the next field begins. */
function capturesInto(call: RawCall, line: string, from: number): number {
  let at = from
  let bag: Record<string, unknown> | undefined
  for (const side of ['capture.req.hdr-', 'capture.res.hdr-']) {
    if (line.charCodeAt(at) !== 0x7b) break
    const close = line.indexOf('} ', at)
    if (close === -1) break
    bag ??= {}
    const values = line.slice(at + 1, close).split('|')
    for (let i = 0; i < values.length && i < 32; i++) bag[`${side}${i}`] = unescapeHash(values[i] ?? '')
    at = close + 2
  }
  call.requestHeaders = bag
  return at
}

function quotedRequestInto(call: RawCall, line: string, open: number): boolean {
  if (line.charCodeAt(open) !== 0x22) return false
  const close = line.indexOf('"', open + 1)
  if (close === -1) return cutRequestInto(call, line.slice(open + 1), unescapeHash)
  return haproxyRequestInto(call, line.slice(open + 1, close))
}
