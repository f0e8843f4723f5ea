import { drop, type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { cutRequestInto } from './cut-request.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { requestInto } from './request-line.ts'
import { durationMs, settle } from './settle.ts'
import { closingQuote, isDigits, statusOf } from './text-fields.ts'
import { isoTime } from './times.ts'

/**
 * KrakenD Community Edition: gin's fixed access line, `[GIN] 2026/11/22 - 03:23:24 | 200 | 4.5ms | 203.0.113.9 | GET "/path"`.
 * The time is local, without a zone, and the end of the request; the duration is Go's text. Neither host, agent nor caller is named.
 * Private errors follow on lines of their own (`Error #01: …`), KrakenD's own messages share the stream: no requests.
 */
export const krakend: TextFormat = {
  kind: 'text',
  name: 'krakend',
  title: 'KrakenD CE access log (gin)',
  recognises: line => (line.charCodeAt(0) === 0x5b ? isAccess(line) || isMessage(line) : isError(line)),
  parse,
}

function parse(raw: string, context: ParseContext): Outcome<RawCall> {
  if (!isAccess(raw)) return isMessage(raw) || isError(raw) ? drop('not-a-request') : unparsed('unknown-format')
  // On a terminal status and method are coloured.
  const line = raw.indexOf('\u001b') === -1 ? raw : raw.replace(/\u001b\[[0-9;]{0,12}m/g, '')
  const status = line.indexOf('|') + 1
  const latency = line.indexOf('|', status) + 1
  const client = line.indexOf('|', latency) + 1
  const method = line.indexOf('|', client) + 1
  if (status === 0 || latency === 0 || client === 0 || method === 0) return unparsed('no-request')
  const call = emptyRawCall()
  call.timeKind = 'end'
  call.durationMs = goDuration(line.slice(latency, client - 1).trim())
  call.clientIp = line.slice(client, method - 1).trim()
  const open = line.indexOf('"', method)
  if (open === -1) return unparsed('no-request')
  const close = closingQuote(line, open + 1)
  const verb = line.slice(method, open).trim()
  const text = `${verb} ${line.slice(open + 1, close === -1 ? line.length : close)}`
  if (close === -1 ? !cutRequestInto(call, text) : !requestInto(call, text)) return unparsed('no-request')
  const code = line.slice(status, latency - 1).trim()
  const time = isoTime(
    `${line.slice(6, 10)}-${line.slice(11, 13)}-${line.slice(14, 16)}T${line.slice(19, 27)}`,
    context.zone,
  )
  return settle(call, statusOf(code, 0, code.length), time, context)
}

/** Milliseconds of Go's `time.Duration` text (`1m2.5s`, `4.529µs`, `1h0m0s`); 0 when it is none. (pkg.go.dev/time#Duration.String) */
export function goDuration(text: string): number {
  let total = 0
  let at = 0
  while (at < text.length) {
    const from = at
    while (isNumberPart(text.charCodeAt(at))) at++
    const value = Number(text.slice(from, at))
    const unitFrom = at
    while (at < text.length && !isNumberPart(text.charCodeAt(at))) at++
    const factor = GO_UNITS.get(text.slice(unitFrom, at))
    if (factor === undefined || at === from || Number.isNaN(value)) return 0
    total += value * factor
  }
  return durationMs(Math.round(total))
}
const GO_UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['us', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])

function isNumberPart(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e
}

// `[GIN] 2026/11/22 - 03:23:24 |`
function isAccess(line: string): boolean {
  return (
    line.startsWith('[GIN] ') && line.charCodeAt(10) === 0x2f && line.startsWith(' - ', 16) && isDigits(line, 6, 10)
  )
}

function isMessage(line: string): boolean {
  return line.startsWith('[KRAKEND] ') || line.startsWith('[GIN-debug] ')
}

function isError(line: string): boolean {
  return line.startsWith('Error #') && isDigits(line, 7, 9) && line.startsWith(': ', 9)
}
