import type { IncomingHttpHeaders } from 'node:http2'
import type { Catalogue, Source } from '../../services/domain/catalogue.ts'
import { isLoopback, tokenAllowed, tokenOf, tokensFor } from '../../services/platform/access.ts'

/** Who sends: its address and its metadata. */
export interface Peer {
  readonly address: string | undefined
  readonly headers: IncomingHttpHeaders
}

/**
 * May this peer send to the source (undefined: one that nobody declared)? A token of the source, or of all sources where it has none; a
 * peer of this machine needs none where the source has none of its own. Unlike HTTP the name it called us by does not
 * matter: no web page can speak gRPC's content type without being asked first (CORS), and Envoy names its cluster.
 */
export function mayUse(source: Source | undefined, { address, headers }: Peer, tokens: readonly string[]): boolean {
  const local = (source?.tokens.length ?? 0) === 0 && isHere(address, headers)
  return local || tokenAllowed(tokenOf(headers), tokensFor(source?.tokens ?? [], tokens))
}

/** May this peer send to any source at all? For streams that name theirs only in their first message. */
export function mayBegin(catalogue: Catalogue, peer: Peer, tokens: readonly string[]): boolean {
  for (const source of catalogue.sources.values()) if (mayUse(source, peer, tokens)) return true
  return false
}

function isHere(address: string | undefined, headers: IncomingHttpHeaders): boolean {
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false
  return isLoopback(address)
}

/** The source a sender names in metadata `lastcall-source`, '' when it names none. */
export function namedSource(headers: { readonly [name: string]: unknown }): string {
  const named = headers['lastcall-source']
  return typeof named === 'string' ? named.trim().slice(0, 256) : ''
}
