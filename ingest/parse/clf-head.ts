import type { RawCall } from '../../services/domain/raw-call.ts'
import { cutRequestInto } from './cut-request.ts'
import { meaningful } from './json-value.ts'
import { requestInto } from './request-line.ts'
import { blankAt, closingQuote, isDigits, statusOf } from './text-fields.ts'
import { clfTime } from './times.ts'

/** What the common head `[vhost] host ident user [time] "request" status` said beside what went into the call. */
export interface ClfHead {
  /** Milliseconds UTC, NaN when it is no time. */
  readonly time: number
  readonly isRequest: boolean
  /** undefined when the line ends before it. */
  readonly status: number | undefined
  /** The name of the authenticated user as the writer says, '' for none. */
  readonly user: string
  /** Index of the blank behind the status, the line's length when there is none. */
  readonly next: number
}

// The words before the time: a virtual host, an address, ident and user. None is longer in any real log.
const LONGEST_PREFIX = 2_048

/** Index of the `[` of a common log time (`[08/Jun/2020:06:49:01 +0000] "`) behind at least host and ident, -1 when there is none. */
export function clfTimeAt(line: string): number {
  let at = line.indexOf(' [')
  while (at !== -1 && at < LONGEST_PREFIX) {
    if (isClfTime(line, at + 2) && line.lastIndexOf(' ', at - 1) > 0) return at + 1
    at = line.indexOf(' [', at + 2)
  }
  return -1
}

// `08/Jun/2020:06:49:01 +0000] "`
function isClfTime(line: string, at: number): boolean {
  return (
    line.charCodeAt(at + 2) === 0x2f &&
    line.charCodeAt(at + 6) === 0x2f &&
    line.charCodeAt(at + 11) === 0x3a &&
    line.charCodeAt(at + 20) === 0x20 &&
    isDigits(line, at + 7, at + 11) &&
    line.startsWith('] "', at + 26)
  )
}

/**
 * Index of the quote that closes the request opened before `from`: one that a status follows. Writers that escape no
 * quotes are read too. -1 when the line was cut.
 */
export function requestEndAt(line: string, from: number): number {
  let at = closingQuote(line, from)
  while (at !== -1) {
    if (line.charCodeAt(at + 1) === 0x20 && statusOf(line, at + 2, blankAt(line, at + 2)) !== undefined) return at
    at = closingQuote(line, at + 1)
  }
  return -1
}

/** Reads the head into `call`; undefined when the line has none. `undo` takes the escapes off the request. `zone` is not asked: the time carries one. */
export function clfHeadInto(call: RawCall, line: string, undo?: (text: string) => string): ClfHead | undefined {
  const open = clfTimeAt(line)
  if (open === -1) return undefined
  const time = clfTime(line.slice(open + 1, open + 27), 'UTC')
  const user = callerInto(call, line, open - 1)
  const request = open + 30
  const close = requestEndAt(line, request)
  if (close === -1) {
    const isRequest = cutRequestInto(call, line.slice(request), undo)
    return { time, isRequest, status: undefined, user, next: line.length }
  }
  const next = blankAt(line, close + 2)
  const isRequest = requestInto(call, line.slice(request, close), undo)
  return { time, isRequest, status: statusOf(line, close + 2, next), user, next }
}

/** Reads `[vhost[:port]] host ident user` of `line[0, to)`; returns the user. Some layouts leave ident or user out. */
function callerInto(call: RawCall, line: string, to: number): string {
  const first = blankAt(line, 0)
  const second = Math.min(blankAt(line, first + 1), to)
  // Behind an address stands `-` (identd is long gone): where it comes a word later, a virtual host stands first.
  const vhost = line.slice(first + 1, second) !== '-' && line.startsWith('- ', second + 1)
  if (vhost) call.host = line.slice(0, first)
  call.clientIp = vhost ? line.slice(first + 1, second) : line.slice(0, first)
  const user = blankAt(line, (vhost ? second : first) + 1) + 1
  return user < to ? meaningful(line.slice(user, to)) : ''
}
