import type { RawCall } from '../../services/domain/raw-call.ts'
import { unescapeLog } from './escape.ts'

/**
 * Reads `METHOD target PROTOCOL` (RFC 9112 §3) into `call.method` and `call.target`; true when it is a request.
 * HTTP/0.9 has no protocol (`GET /`). The target is origin-form, absolute-form or `*`; `undo` takes its log escapes off.
 * Bytes of a TLS handshake, `-`, `<BADREQ>` and authority-form (a proxy's CONNECT) are no request: false, call untouched.
 */
export function requestInto(call: RawCall, line: string, undo = unescapeLog): boolean {
  const space = line.indexOf(' ')
  if (space <= 0 || !isMethod(line, space)) return false
  let end = line.length
  const last = line.lastIndexOf(' ')
  if (last > space && isProtocol(line, last + 1)) end = last
  const target = line.slice(space + 1, end)
  if (!isTarget(target)) return false
  call.method = line.slice(0, space)
  call.target = undo(target)
  return true
}

/** Is this what can stand as a request's target in a log: `/path`, `scheme://…` or `*`? */
export function isTarget(target: string): boolean {
  if (target.charCodeAt(0) === 0x2f) return true
  if (target === '*') return true
  const colon = target.indexOf('://')
  if (colon <= 0 || colon > 10) return false
  for (let i = 0; i < colon; i++) if (!isLetter(target.charCodeAt(i))) return false
  return target.length > colon + 3
}

/** Is `text[0, to)` a method name: a letter, then letters, digits, `-` or `_`, at most 32? Narrower than RFC 9110's token, on purpose. */
export function isMethod(text: string, to: number = text.length): boolean {
  if (to === 0 || to > 32 || !isLetter(text.charCodeAt(0))) return false
  for (let i = 1; i < to; i++) {
    const code = text.charCodeAt(i)
    if (!isLetter(code) && !(code >= 0x30 && code <= 0x39) && code !== 0x2d && code !== 0x5f) return false
  }
  return true
}

// `HTTP/1.1`, `HTTP/2`, `HTTP/2.0`: letters, a slash, digits and dots to the end.
function isProtocol(text: string, from: number): boolean {
  let at = from
  while (isLetter(text.charCodeAt(at))) at++
  if (at === from || text.charCodeAt(at) !== 0x2f || at + 1 === text.length) return false
  for (at++; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (!(code >= 0x30 && code <= 0x39) && code !== 0x2e) return false
  }
  return true
}

function isLetter(code: number): boolean {
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x7a
}
