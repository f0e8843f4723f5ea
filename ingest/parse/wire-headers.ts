import type { RawCall } from '../../services/domain/raw-call.ts'

/** Base64 characters decoded at most: header blocks are smaller, bodies are never wanted. A multiple of 4. */
const MOST = 8192

/**
 * Takes Deprecation, Sunset, Link and a version header out of a base64 dump of an HTTP/1 response and forgets the
 * rest: status line, cookies, body. Anything that is no such dump changes nothing.
 */
export function wireHeadersInto(call: RawCall, dump: unknown): void {
  if (typeof dump !== 'string' || dump.length < 16) return
  // "HTTP/" in base64; spares the decoding of everything else.
  if (!dump.startsWith('SFRUUC')) return
  const text = Buffer.from(dump.length > MOST ? dump.slice(0, MOST) : dump, 'base64').toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  let at = text.indexOf('\r\n') + 2
  const last = end === -1 ? text.lastIndexOf('\r\n') : end
  while (at > 1 && at < last) {
    const next = text.indexOf('\r\n', at)
    const to = next === -1 || next > last ? last : next
    headerInto(call, text, at, to)
    at = to + 2
  }
}

function headerInto(call: RawCall, text: string, from: number, to: number): void {
  const colon = text.indexOf(':', from)
  if (colon === -1 || colon >= to) return
  const name = text.slice(from, colon).toLowerCase()
  if (name === 'deprecation') call.deprecation = text.slice(colon + 1, to).trim()
  else if (name === 'sunset') call.sunset = text.slice(colon + 1, to).trim()
  else if (name === 'link') call.link = joined(call.link, text.slice(colon + 1, to).trim())
  else if (name.endsWith('api-version')) call.versionHeader = text.slice(colon + 1, to).trim()
}

/** Repeated headers are one list (RFC 9110 §5.3). */
function joined(before: string, value: string): string {
  return before === '' ? value : `${before}, ${value}`
}
