import { type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type Identity, type RawCall } from '../../services/domain/raw-call.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { isPlaceholder } from './gravitee-names.ts'
import { identify, somebody } from './identities.ts'
import { meaningful } from './json-value.ts'
import { settle } from './settle.ts'
import { isDigits, millis, statusOf } from './text-fields.ts'
import { epochTime } from './times.ts'

// Columns, counted from 0. Behind the status v4 has an entrypoint more than v2.
const REQUEST_ID = 1
const TIME = 2
const CLIENT = 3
const API = 5
const APPLICATION = 9
const SUBSCRIPTION = 11
const USER = 12
const URI = 14
const METHOD = 17
const STATUS = 18
const TAIL_V2 = 22
const COLUMNS = 34

/**
 * Gravitee's CSV file reporter, request metrics of APIM v2 and v4 (MetricsFormatter of the reporter): `;`-separated,
 * text quoted, numbers bare, no header line. `timestamp` is the request's start in ms. The gateway asserts application
 * and subscription; on a keyless plan the application is `1` and the subscription the client's address, which is nobody.
 * The security token of an API-key plan is the key itself; newer versions write the API's id in its place.
 */
export const graviteeCsv: TextFormat = {
  kind: 'text',
  name: 'gravitee-csv',
  title: 'Gravitee CSV file reporter (v2, v4)',
  recognises(line) {
    if (line.charCodeAt(0) !== 0x22) return false
    const second = line.indexOf('";"', 1)
    const third = second === -1 ? -1 : line.indexOf('";', second + 3)
    return third !== -1 && isDigits(line, third + 2, third + 15) && line.startsWith(';"', third + 15)
  },
  parse,
}

function parse(line: string, context: ParseContext): Outcome<RawCall> {
  if (!graviteeCsv.recognises(line)) return unparsed('unknown-format')
  const columns = columnsOf(line)
  const status = columns[STATUS]
  if (status === undefined) return unparsed(columns.length > METHOD ? 'no-status' : 'no-request')
  const call = emptyRawCall()
  // v4 counts one text column more before the five bare numbers.
  const tail = isNumber(columns[TAIL_V2 + 2]) ? TAIL_V2 : TAIL_V2 + 1
  call.truncated = columns.length < tail + 9
  call.timeKind = 'start'
  call.method = columns[METHOD] ?? ''
  call.target = columns[URI] ?? ''
  call.requestId = meaningful(columns[REQUEST_ID] ?? '')
  call.clientIp = meaningful(columns[CLIENT] ?? '')
  call.agent = meaningful(columns[tail] ?? '')
  call.host = meaningful(columns[tail + 1] ?? '')
  call.durationMs = millis(columns[tail + 5] ?? '')
  callerInto(call, columns, tail)
  return settle(call, statusOf(status, 0, status.length), epochTime(columns[TIME], 'ms'), context)
}

function callerInto(call: RawCall, columns: readonly string[], tail: number): void {
  const application = somebody(columns[APPLICATION])
  // Nobody subscribed: what else the row says of its caller is the client's own text.
  if (application === '' || isPlaceholder(application)) return
  const identities: Identity[] = []
  identify(identities, 'app', application)
  identify(identities, 'subscription', columns[SUBSCRIPTION])
  const token = meaningful(columns[tail + 8] ?? '')
  if (token !== '' && token !== columns[API] && call.truncated === false) {
    const type = columns[tail + 7]
    if (type === 'API_KEY') call.apiKey = token
    else if (type === 'JWT' || type === 'OAUTH2') identify(identities, 'client', token)
  }
  identify(identities, 'user', columns[USER])
  call.identities = identities
}

/**
 * The first columns of a line. Only error message and User-Agent double their quotes; the others are written as they
 * are, so a quote ends a column only where the next one begins. A column cut by the line's end is left out.
 */
function columnsOf(line: string): string[] {
  const columns: string[] = []
  let at = 0
  while (at < line.length && columns.length < COLUMNS) {
    if (line.charCodeAt(at) !== 0x22) {
      const end = line.indexOf(';', at)
      columns.push(line.slice(at, end === -1 ? line.length : end))
      if (end === -1) break
      at = end + 1
      continue
    }
    const close = columnEnd(line, at + 1, columns.length > STATUS)
    if (close === -1) break
    const text = line.slice(at + 1, close)
    columns.push(columns.length > STATUS && text.indexOf('""') !== -1 ? text.replaceAll('""', '"') : text)
    at = close + 2
  }
  return columns
}

function columnEnd(line: string, from: number, doubled: boolean): number {
  let at = line.indexOf('"', from)
  while (at !== -1) {
    let end = at + 1
    if (doubled) {
      while (line.charCodeAt(end) === 0x22) end++
      // An even run is quotes of the text; of an odd one the last is the column's end.
      if ((end - at) % 2 === 1 && isNext(line, end)) return end - 1
    } else if (isNext(line, end)) return at
    at = line.indexOf('"', end)
  }
  return -1
}

// Behind a closing quote stands the line's end, or `;` and the next column.
function isNext(line: string, at: number): boolean {
  if (at === line.length) return true
  if (line.charCodeAt(at) !== 0x3b) return false
  const code = line.charCodeAt(at + 1)
  return code === 0x22 || code === 0x2d || (code >= 0x30 && code <= 0x39) || at + 1 === line.length
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && text !== '' && !Number.isNaN(Number(text))
}
