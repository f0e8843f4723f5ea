import { drop, type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { unescapePercent } from './escape.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { meaningful } from './json-value.ts'
import { settle } from './settle.ts'
import { isDigits, secondsToMs, statusOf } from './text-fields.ts'
import { isoTime } from './times.ts'

/**
 * Amazon CloudFront standard logs, W3C, tab-separated (CloudFront guide, "Standard logging reference"): 33 columns in a
 * fixed order; older files have the first 12 or more, and are read as if they were cut there. Date and time are UTC and the end of the response.
 * The writer percent-encodes every value once more: `%25` is the `%` that the client sent. Lines with `#` are headers.
 */
export const cloudfront: TextFormat = {
  kind: 'text',
  name: 'aws-cloudfront',
  title: 'AWS CloudFront standard log (W3C)',
  recognises(line) {
    if (line.charCodeAt(0) === 0x23) return isHeader(line)
    // `2024-03-12<tab>15:22:28<tab>CDG50-P2<tab>703<tab>`
    if (line.charCodeAt(10) !== 0x09 || line.charCodeAt(19) !== 0x09 || line.charCodeAt(4) !== 0x2d) return false
    const bytes = line.indexOf('\t', 20) + 1
    return bytes > 22 && bytes < 40 && isDigits(line, bytes, line.indexOf('\t', bytes))
  },
  parse,
}

// Columns, counted from 0.
const CLIENT = 4
const METHOD = 5
const DISTRIBUTION = 6
const STEM = 7
const STATUS = 8
const AGENT = 10
const QUERY = 11
const REQUEST_ID = 14
const HOST = 15
const TIME_TAKEN = 18

function parse(line: string, context: ParseContext): Outcome<RawCall> {
  if (line.charCodeAt(0) === 0x23) return isHeader(line) ? drop('not-a-request') : unparsed('unknown-format')
  if (line.charCodeAt(10) !== 0x09 || line.charCodeAt(19) !== 0x09) return unparsed('unknown-format')
  const columns = line.split('\t', TIME_TAKEN + 2)
  const call = emptyRawCall()
  call.truncated = columns.length <= TIME_TAKEN
  // The column in which a line was cut may be half, but for a status of three digits.
  if (call.truncated && columns.length > STATUS + 1) columns.pop()
  const query = meaningful(columns[QUERY] ?? '')
  call.method = columns[METHOD] ?? ''
  call.target = once(columns[STEM] ?? '') + (query === '' ? '' : `?${once(query)}`)
  call.clientIp = meaningful(columns[CLIENT] ?? '')
  call.agent = agentOf(meaningful(columns[AGENT] ?? ''))
  call.requestId = meaningful(columns[REQUEST_ID] ?? '')
  const host = meaningful(columns[HOST] ?? '')
  call.host = host === '' && !call.truncated ? meaningful(columns[DISTRIBUTION] ?? '') : host
  call.durationMs = secondsToMs(columns[TIME_TAKEN] ?? '')
  call.timeKind = 'end'
  const status = columns[STATUS] ?? ''
  return settle(call, statusOf(status, 0, status.length), endOf(line), context)
}

function endOf(line: string): number {
  return isoTime(`${line.slice(0, 10)}T${line.slice(11, 19)}Z`, 'UTC')
}

// Only the writer's own layer comes off; other escapes mean the same with or without it.
function once(value: string): string {
  return value.indexOf('%25') === -1 ? value : value.replaceAll('%25', '%')
}

// User-Agents were written with two layers in some years and with one in others; a blank is `%20` in neither end.
function agentOf(value: string): string {
  const text = unescapePercent(value)
  return text.indexOf('%20') === -1 ? text : unescapePercent(text)
}

function isHeader(line: string): boolean {
  return line.startsWith('#Version: ') || /^#Fields: date\s+time\s+x-edge-location\s/.test(line.slice(0, 80))
}
