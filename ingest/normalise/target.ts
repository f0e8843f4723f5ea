import { decodePercent } from '../../services/domain/template.ts'

/** The parts of a request target that count. */
export interface Target {
  /** Authority of an absolute-form, without userinfo; else ''. */
  host: string
  /** From its slash on, or `*`. */
  path: string
  /** Without `?`; '' when none. */
  query: string
}

/**
 * Reads a request target as logged (RFC 9112 §3.2): origin-form, absolute-form or `*`; fragments are left out.
 * False, `into` undefined in content, for anything else (authority-form is a proxy's CONNECT and no call).
 */
export function readTarget(target: string, into: Target): boolean {
  into.host = ''
  let from = 0
  if (target.charCodeAt(0) !== 0x2f) {
    if (target === '*') {
      into.path = '*'
      into.query = ''
      return true
    }
    const scheme = target.indexOf('://')
    if (scheme <= 0 || scheme > 10 || !isLetters(target, scheme)) return false
    from = endOfAuthority(target, scheme + 3)
    const authority = target.slice(scheme + 3, from)
    into.host = authority.slice(authority.lastIndexOf('@') + 1)
    if (into.host === '') return false
  }
  let end = target.indexOf('#', from)
  if (end < 0) end = target.length
  const mark = target.indexOf('?', from)
  const pathEnd = mark < 0 || mark > end ? end : mark
  into.path = pathEnd > from ? target.slice(from, pathEnd) : '/'
  into.query = pathEnd < end ? target.slice(pathEnd + 1, end) : ''
  return true
}

function endOfAuthority(target: string, from: number): number {
  for (let i = from; i < target.length; i++) {
    const code = target.charCodeAt(i)
    if (code === 0x2f || code === 0x3f || code === 0x23) return i
  }
  return target.length
}

function isLetters(text: string, to: number): boolean {
  for (let i = 0; i < to; i++) {
    const lower = text.charCodeAt(i) | 0x20
    if (lower < 0x61 || lower > 0x7a) return false
  }
  return true
}

const LONGEST_QUERY = 65_536

/** The first value of a query parameter, form-decoded; '' when absent. Names compare exactly, after decoding. */
export function queryValue(query: string, name: string): string {
  const text = query.length > LONGEST_QUERY ? query.slice(0, LONGEST_QUERY) : query
  for (let from = 0; from <= text.length; ) {
    let end = text.indexOf('&', from)
    if (end < 0) end = text.length
    let equals = text.indexOf('=', from)
    if (equals < 0 || equals > end) equals = end
    if (formDecode(text.slice(from, equals)) === name)
      return equals < end ? formDecode(text.slice(equals + 1, end)) : ''
    from = end + 1
  }
  return ''
}

function formDecode(text: string): string {
  return decodePercent(text.includes('+') ? text.replaceAll('+', ' ') : text)
}
