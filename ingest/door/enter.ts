import type { IncomingHttpHeaders } from 'node:http'
import type { Source } from '../../services/domain/catalogue.ts'
import { isLocalRequest, tokenAllowed, tokenOf, tokensFor } from '../../services/platform/access.ts'

/**
 * May this request send to the source (undefined: one nobody declared)? A source with tokens takes only those, from
 * this machine too. Any other takes the tokens of the installation, and requests of this machine without one.
 */
export function mayEnter(
  source: Source | undefined,
  request: { readonly ip: string; readonly headers: IncomingHttpHeaders },
  ingest: readonly string[],
): boolean {
  const own = source?.tokens ?? []
  if (own.length === 0 && isLocalRequest(request.ip, request.headers)) return true
  return tokenAllowed(tokenOf(request.headers), tokensFor(own, ingest))
}

/** Bytes a request says it will send; undefined when it does not say, or says nonsense. */
export function announcedBytes(headers: IncomingHttpHeaders): number | undefined {
  const text = headers['content-length']
  if (text === undefined) return undefined
  const bytes = Number(text)
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined
}
