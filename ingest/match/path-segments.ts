import { decodePercent } from '../../services/domain/template.ts'

/** A path longer than this is never matched with a known operation: no gateway routes it. */
export const LONGEST_ROUTED_PATH = 8_192

// Servlet and PHP servers write a session id into any segment, and route without it.
const SESSION = /;(?:jsessionid|phpsessid|sessionid|sid)=[^;]*/gi

/**
 * Splits a raw path (no query) into decoded segments, written over `into`; returns how many. `/a/` has an empty last one.
 * Dot segments are resolved first (RFC 3986 §5.2.4, `%2e` being `.` by §6.2.2.3), then each segment is percent-decoded
 * once: `%2F` and `%5C` become data inside their segment, `%252e` stays `%2e`, invalid UTF-8 becomes U+FFFD. A session
 * id that a server wrote into a segment (`;jsessionid=…`) is left out.
 */
export function splitPath(path: string, into: string[]): number {
  let count = 0
  let from = path.charCodeAt(0) === 0x2f ? 1 : 0
  for (;;) {
    const slash = path.indexOf('/', from)
    const end = slash < 0 ? path.length : slash
    const dots = dotsIn(path, from, end)
    if (dots === 0) into[count++] = segmentOf(path, from, end)
    else {
      if (dots === 2 && count > 0) count--
      if (slash < 0) into[count++] = ''
    }
    if (slash < 0) return count
    from = slash + 1
  }
}

function segmentOf(path: string, from: number, end: number): string {
  let raw = path.slice(from, end)
  if (raw.indexOf(';') >= 0) raw = raw.replace(SESSION, '')
  return raw.indexOf('%') < 0 ? raw : decodePercent(raw)
}

// 1 for `.`, 2 for `..`, each dot possibly as %2e; 0 for anything else.
function dotsIn(path: string, from: number, end: number): number {
  const length = end - from
  if (length === 0 || length > 6) return 0
  let dots = 0
  for (let i = from; i < end; ) {
    if (path.charCodeAt(i) === 0x2e) i++
    else if (
      path.charCodeAt(i) === 0x25 &&
      path.charCodeAt(i + 1) === 0x32 &&
      (path.charCodeAt(i + 2) | 0x20) === 0x65 &&
      i + 3 <= end
    )
      i += 3
    else return 0
    dots++
  }
  return dots <= 2 ? dots : 0
}
