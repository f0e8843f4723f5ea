import { emptyRawCall, type Identity, type RawCall } from '../../../services/domain/raw-call.ts'
import { cutRequestInto, haproxyRequestInto } from '../cut-request.ts'
import { unescapeHash, unescapeLog } from '../escape.ts'
import { identify } from '../identities.ts'
import { meaningful } from '../json-value.ts'
import { requestInto } from '../request-line.ts'
import { millis, secondsToMs, statusOf, withoutPort } from '../text-fields.ts'
import { clfTime, epochTime, isoTime } from '../times.ts'
import type { Escape, Meaning } from './field.ts'
import { noTime, strftimeInto, type TimeParts } from './strftime.ts'

/** What the fields of one line said so far. */
export interface Reading {
  readonly call: RawCall
  readonly zone: string
  readonly undo: (text: string) => string
  readonly identities: Identity[]
  readonly time: TimeParts
  headers: Record<string, unknown> | undefined
  query: string
  status: number | undefined
  certificate: string
  verified: boolean
  /** The request field held no request. */
  garbage: boolean
}

/** `zone` is for times that carry none. */
export function newReading(escaping: Escape, zone: string): Reading {
  return {
    call: emptyRawCall(),
    zone,
    undo: UNDO[escaping],
    identities: [],
    time: noTime(),
    headers: undefined,
    query: '',
    status: undefined,
    certificate: '',
    verified: false,
    garbage: false,
  }
}

const UNDO: Readonly<Record<Escape, (text: string) => string>> = {
  log: unescapeLog,
  hash: unescapeHash,
  json: unescapeJson,
  none: text => text,
}

/** nginx's `escape=json`: JSON's escapes; what is not well formed is read as far as it goes. */
function unescapeJson(text: string): string {
  if (text.indexOf('\\') === -1) return text
  try {
    const value: unknown = JSON.parse(`"${text}"`)
    return typeof value === 'string' ? value : text
  } catch {
    return unescapeLog(text)
  }
}

/** Takes one field's value, as logged, into the reading. */
export function take(reading: Reading, meaning: Meaning, value: string): void {
  const { call } = reading
  switch (meaning.of) {
    case 'skip':
      return
    case 'clf':
      reading.time.instant = clfTime(value, reading.zone)
      return
    case 'iso':
      reading.time.instant = isoTime(value, reading.zone)
      return
    case 'epoch':
      reading.time.instant = epochTime(value, meaning.unit)
      return
    case 'fraction':
      reading.time.fraction = meaning.unit === 'ms' ? millis(value) : Math.floor(millis(value) / 1000)
      return
    case 'strftime':
      if (!strftimeInto(reading.time, value, meaning.pattern)) reading.time.day = Number.NaN
      return
    case 'request':
      reading.garbage = !(reading.undo === unescapeHash
        ? haproxyRequestInto(call, value)
        : requestInto(call, value, reading.undo))
      return
    case 'method':
      call.method = value
      return
    case 'target':
    case 'path':
      call.target = reading.undo(value)
      return
    case 'decoded':
      call.target = encodedAgain(reading.undo(value))
      return
    case 'decoded-target':
      call.target = decodedTarget(reading.undo(value))
      return
    case 'host-target':
      hostAndTargetInto(call, reading.undo(value))
      return
    case 'query':
      reading.query = meaningful(reading.undo(value))
      return
    case 'status':
      reading.status = statusOf(value, 0, value.length)
      return
    case 'client':
      call.clientIp = meaningful(withoutPort(value))
      return
    case 'duration':
      call.durationMs = durationOf(value, meaning.unit)
      return
    default:
      takeNamed(reading, meaning, value)
  }
}

function takeNamed(reading: Reading, meaning: Meaning, value: string): void {
  const { call } = reading
  if (meaning.of === 'captures') {
    takeCaptures(reading, meaning.columns, value)
    return
  }
  const text = meaningful(reading.undo(value))
  switch (meaning.of) {
    case 'host':
      call.host = text
      return
    case 'agent':
      call.agent = text
      return
    case 'request-id':
      call.requestId = text
      return
    case 'request-header':
      if (text === '') return
      reading.headers ??= {}
      reading.headers[meaning.name] = text
      return
    case 'response-header':
      if (meaning.name === 'deprecation') call.deprecation = text
      else if (meaning.name === 'sunset') call.sunset = text
      else if (meaning.name === 'link') call.link = text
      else call.versionHeader = text
      return
    case 'identity':
      identify(reading.identities, meaning.kind, text)
      return
    case 'certificate':
      reading.certificate = text
      return
    case 'certificate-verified':
      reading.verified = text === meaning.word
      return
    default:
  }
}

/** `{a|b}`: HAProxy escapes bars and braces inside the values. */
function takeCaptures(reading: Reading, columns: readonly Meaning[], logged: string): void {
  let from = 1
  for (let i = 0; i < columns.length && from < logged.length; i++) {
    const bar = logged.indexOf('|', from)
    const to = bar === -1 ? logged.length - 1 : bar
    const column = columns[i]
    if (column !== undefined && to > from) take(reading, column, logged.slice(from, to))
    from = to + 1
  }
}

/**
 * Takes what is left of a field that the line's end cut. Only a request whose path is whole and a status of three
 * digits count; anything else may be half, and half a key or name would be another caller's.
 */
export function takeCut(reading: Reading, meaning: Meaning, value: string): void {
  const { call } = reading
  call.truncated = true
  if (meaning.of === 'request') reading.garbage = !cutRequestInto(call, value, reading.undo)
  else if (meaning.of === 'target') {
    if (!cutRequestInto(call, `${call.method || 'GET'} ${value}`, reading.undo)) call.target = ''
  } else if (meaning.of === 'status' && value.length === 3) reading.status = statusOf(value, 0, 3)
}

function durationOf(value: string, unit: 's' | 'ms' | 'us'): number {
  if (unit === 's') return secondsToMs(value)
  return unit === 'ms' ? millis(value) : Math.round(millis(value) / 1000)
}

// The path was logged decoded: what would mean something in a target again is encoded.
function encodedAgain(path: string): string {
  if (path.indexOf('%') === -1 && path.indexOf('?') === -1 && path.indexOf('#') === -1) return path
  return path.replaceAll('%', '%25').replaceAll('?', '%3F').replaceAll('#', '%23')
}

function decodedTarget(text: string): string {
  const query = text.indexOf('?')
  return query === -1 ? encodedAgain(text) : encodedAgain(text.slice(0, query)) + text.slice(query)
}

function hostAndTargetInto(call: RawCall, text: string): void {
  const slash = text.indexOf('/')
  if (slash === -1) return
  call.host = meaningful(text.slice(0, slash))
  call.target = text.slice(slash)
}
