import type { RawCall } from '../../services/domain/raw-call.ts'
import { unescapeHash, unescapeLog } from './escape.ts'
import { requestInto } from './request-line.ts'

/**
 * Reads a request line that was cut short (`GET /v1/orders?limit=1`, no end) into `call` and marks it `truncated`;
 * true when method and path are whole, which a `?` or a blank behind the path shows. A parameter that may be half is
 * left out: half a key would become another caller's.
 */
export function cutRequestInto(call: RawCall, text: string, undo = unescapeLog): boolean {
  const start = text.indexOf(' ') + 1
  if (start === 0) return false
  const blank = text.indexOf(' ', start)
  const whole =
    blank === -1 ? withoutLastParameter(text, start) : isProtocolStart(text, blank + 1) ? text.slice(0, blank) : ''
  if (whole === '' || !requestInto(call, whole, undo)) return false
  call.truncated = true
  return true
}

// HAProxy cuts a request at tune.http.logurilen, 1024 by default, and closes its quotes all the same.
const LONG = 1000

/** Reads HAProxy's request text, whole or cut by HAProxy itself; false when it is none. */
export function haproxyRequestInto(call: RawCall, text: string): boolean {
  return text.length >= LONG && text.lastIndexOf(' HTTP/') === -1
    ? cutRequestInto(call, text, unescapeHash)
    : requestInto(call, text, unescapeHash)
}

function withoutLastParameter(text: string, from: number): string {
  const query = text.indexOf('?', from)
  if (query === -1) return ''
  const last = text.lastIndexOf('&')
  return text.slice(0, Math.max(last, query))
}

function isProtocolStart(text: string, from: number): boolean {
  return 'HTTP/'.startsWith(text.slice(from, from + 5))
}
