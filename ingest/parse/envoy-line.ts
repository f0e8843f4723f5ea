import type { RawCall } from '../../services/domain/raw-call.ts'
import { cutRequestInto } from './cut-request.ts'
import { requestInto } from './request-line.ts'
import { blankAt, isDigits, statusOf } from './text-fields.ts'
import { isoTime } from './times.ts'

/**
 * The head Envoy's and Istio's text layouts share: `[start] "METHOD path protocol" code flags `. Header values are not
 * escaped there, a path may hold quotes: the request ends at the first quote that a status code follows.
 * (envoyproxy.io, "Access logging", default format string; istio.io, "Envoy Access Logs".)
 */
export interface EnvoyHead {
  /** Milliseconds UTC, request start; NaN when it is no time. */
  readonly time: number
  /** False for `"- - -"` (TCP, or gone before a request) and other non-requests. */
  readonly isRequest: boolean
  /** undefined when the line ends before it. */
  readonly status: number | undefined
  /** Where the field behind the response flags begins; the line's length when cut. */
  readonly next: number
}

/** Is this `[2016-04-15T20:17:00.310Z] "`, the beginning of a line of Envoy's? */
export function isEnvoyStart(line: string): boolean {
  if (line.charCodeAt(0) !== 0x5b || line.charCodeAt(11) !== 0x54 || line.charCodeAt(5) !== 0x2d) return false
  const end = line.indexOf('] "', 20)
  return end !== -1 && end <= 34 && isDigits(line, 1, 5)
}

/**
 * Where the field behind the response flags begins, -1 when the line is not whole up to there.
 * What stands there tells the layouts apart: digits are Envoy's received bytes, anything else is Istio's.
 */
export function envoyDetailsAt(line: string): number {
  const quote = requestEnd(line, line.indexOf('] "') + 3)
  if (quote === -1) return -1
  const code = blankAt(line, quote + 2)
  const flags = blankAt(line, code + 1)
  return flags < line.length ? flags + 1 : -1
}

/** Reads the head into `call`; undefined when the line does not begin like Envoy's. */
export function envoyHeadInto(call: RawCall, line: string): EnvoyHead | undefined {
  if (!isEnvoyStart(line)) return undefined
  const close = line.indexOf('] "')
  const time = isoTime(line.slice(1, close), 'UTC')
  const quote = requestEnd(line, close + 3)
  if (quote === -1)
    return { time, isRequest: cutRequestInto(call, line.slice(close + 3)), status: undefined, next: line.length }
  const text = line.slice(close + 3, quote)
  const isRequest = requestInto(call, text.endsWith(' -') ? text.slice(0, -2) : text)
  const code = blankAt(line, quote + 2)
  const flags = blankAt(line, code + 1)
  return { time, isRequest, status: statusOf(line, quote + 2, code), next: Math.min(flags + 1, line.length) }
}

function requestEnd(line: string, from: number): number {
  let at = line.indexOf('" ', from)
  while (at !== -1) {
    if (statusOf(line, at + 2, blankAt(line, at + 2)) !== undefined) return at
    at = line.indexOf('" ', at + 2)
  }
  return -1
}
