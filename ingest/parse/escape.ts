const BACKSLASH = 0x5c
const HASH = 0x23
const PERCENT = 0x25

/**
 * Undoes nginx's and Apache's default log escaping: `\xHH` (either case) is one byte, a run of them is UTF-8
 * (invalid bytes become U+FFFD), `\"`, `\\` and Apache's C escapes are the characters they name. Any other
 * backslash stays. Text without a backslash is returned as it is.
 * (nginx: ngx_http_log_escape; Apache: ap_escape_logitem.)
 */
export function unescapeLog(text: string): string {
  return text.indexOf('\\') === -1 ? text : unescapeWith(text, BACKSLASH)
}

/** Undoes HAProxy's log escaping: `#HH` is one byte, a run of them is UTF-8 (configuration manual, "Custom log format"). */
export function unescapeHash(text: string): string {
  return text.indexOf('#') === -1 ? text : unescapeWith(text, HASH)
}

/** Undoes percent-encoding as far as it is well formed (`%HH`); a run of bytes is UTF-8, invalid ones become U+FFFD. Never throws. */
export function unescapePercent(text: string): string {
  return text.indexOf('%') === -1 ? text : unescapeWith(text, PERCENT)
}

/** Undoes an escaping that knows only `\"` (Traefik's common log format); every other backslash is data. */
export function unescapeQuotes(text: string): string {
  return text.indexOf('\\"') === -1 ? text : text.replaceAll('\\"', '"')
}

/** The value of a hexadecimal digit's character code, or -1. */
export function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

function unescapeWith(text: string, marker: number): string {
  // Index of the digits behind the marker: `\xHH` has them at +2, `#HH` and `%HH` at +1.
  const skip = marker === BACKSLASH ? 2 : 1
  let out = ''
  let kept = 0
  let at = 0
  while (at < text.length) {
    if (text.charCodeAt(at) !== marker) {
      at++
      continue
    }
    let end = at
    while (byteAt(text, end, marker, skip) !== -1) end += skip + 2
    if (end > at) {
      out += text.slice(kept, at) + bytesOf(text, at, end, marker, skip)
      at = end
      kept = end
      continue
    }
    const named = marker === BACKSLASH ? named1(text.charCodeAt(at + 1)) : ''
    if (named === '') {
      at++
      continue
    }
    out += text.slice(kept, at) + named
    at += 2
    kept = at
  }
  return kept === 0 ? text : out + text.slice(kept)
}

function byteAt(text: string, at: number, marker: number, skip: number): number {
  if (at + skip + 2 > text.length || text.charCodeAt(at) !== marker) return -1
  if (skip === 2 && (text.charCodeAt(at + 1) | 0x20) !== 0x78) return -1
  const high = hexDigit(text.charCodeAt(at + skip))
  const low = hexDigit(text.charCodeAt(at + skip + 1))
  return high === -1 || low === -1 ? -1 : high * 16 + low
}

function bytesOf(text: string, from: number, to: number, marker: number, skip: number): string {
  const bytes = Buffer.allocUnsafe((to - from) / (skip + 2))
  for (let i = 0, at = from; at < to; i++, at += skip + 2) bytes[i] = byteAt(text, at, marker, skip)
  return bytes.toString('utf8')
}

function named1(code: number): string {
  switch (code) {
    case 0x22:
      return '"'
    case 0x5c:
      return '\\'
    case 0x6e:
      return '\n'
    case 0x72:
      return '\r'
    case 0x74:
      return '\t'
    case 0x62:
      return '\b'
    case 0x66:
      return '\f'
    case 0x76:
      return '\v'
    default:
      return ''
  }
}
