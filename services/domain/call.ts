/** One request as it is stored: normalised, scrubbed, matched. Every text is safe to keep. */
export interface Call {
  /** Milliseconds since 1970, UTC: the request's start where the log allows, else the logged instant. */
  time: number
  timeKind: 'start' | 'logged'
  /** Milliseconds since 1970, UTC, when the collector took it in. */
  received: number
  source: string
  api: string
  version: string
  /** `METHOD /literal/{}/literal`, parameter names erased. */
  operation: string
  matched: 'known' | 'inferred'
  /** Digest of the route set that matched, so that a re-map knows what was matched with what. */
  mapRev: number
  /** Scrubbed path, at most 512 characters, no query. */
  path: string
  /** `<realm>:<kind>:<value>`, '' when nobody proven. */
  consumer: string
  /** `<pepper id>.<hex>`: HMAC of the key, '' when none. `<realm>:key:` before it is the consumer id of a caller known by its key alone. */
  key: string
  agent: string
  /** Network the call came from: IPv4 /24 or IPv6 /48. */
  net: string
  status: number
  weight: number
  class: 'use' | 'test'
  durationMs: number
  requestId: string
  deprecation: string
  sunset: string
  link: string
  versionHeader: string
  truncated: boolean
}
