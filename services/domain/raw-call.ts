/** How an instant was logged: when the request began, when it ended, or only when the line was written. */
export type TimeKind = 'start' | 'end' | 'logged'

/** The kinds of identity a log can tell, in the order of trust used when a record carries several. */
export const IDENTITY_KINDS = ['consumer', 'app', 'subscription', 'credential', 'client', 'user', 'key'] as const
export type IdentityKind = (typeof IDENTITY_KINDS)[number]

export interface Identity {
  readonly kind: IdentityKind
  readonly value: string
}

/**
 * One request as a gateway's record says it, before any judgement: nothing decoded, scrubbed or matched.
 * It may hold secrets and is never stored, logged or sent on.
 */
export interface RawCall {
  /** Milliseconds since 1970, UTC, as logged (`timeKind` says which moment); `durationMs` is taken off an `end` later. */
  time: number
  timeKind: TimeKind
  /** As logged, any case. */
  method: string
  /** Request target as logged: origin-form or absolute-form, with query. */
  target: string
  /** A route template the gateway itself names (`/pets/{petId}`), else ''. */
  route: string
  /** Host as logged, may carry a port; '' when the format has none. */
  host: string
  /** 0 when no response was sent. */
  status: number
  durationMs: number
  /** Asserted by the gateway itself, best first; words that mean nobody already left out. */
  identities: readonly Identity[]
  /** The API key itself, where the gateway logs it in a field of its own; else ''. Becomes an HMAC. */
  apiKey: string
  /** Request headers as logged (an object of the record, names in any case), and a prefix its names carry. Read through `headerOf`. */
  requestHeaders: Readonly<Record<string, unknown>> | undefined
  headerPrefix: string
  agent: string
  clientIp: string
  requestId: string
  /** Response headers as seen, '' when not logged. */
  deprecation: string
  sunset: string
  link: string
  versionHeader: string
  /** Calls this record stands for (1 when not sampled). */
  weight: number
  /** The gateway itself marked this as probe or synthetic traffic. */
  synthetic: boolean
  /** The record was cut short and method, path and status were salvaged. */
  truncated: boolean
}

/** A RawCall with nothing known yet, to be filled by a format. */
export function emptyRawCall(): RawCall {
  return {
    time: 0,
    timeKind: 'logged',
    method: '',
    target: '',
    route: '',
    host: '',
    status: 0,
    durationMs: 0,
    identities: [],
    apiKey: '',
    requestHeaders: undefined,
    headerPrefix: '',
    agent: '',
    clientIp: '',
    requestId: '',
    deprecation: '',
    sunset: '',
    link: '',
    versionHeader: '',
    weight: 1,
    synthetic: false,
    truncated: false,
  }
}

/**
 * One header of a record, '' when absent. Names compare without case (RFC 9110 §5.1).
 * Repeated headers logged as an array are joined by ", " (RFC 9110 §5.3).
 */
export function headerOf(raw: Pick<RawCall, 'requestHeaders' | 'headerPrefix'>, name: string): string {
  const bag = raw.requestHeaders
  if (bag === undefined) return ''
  const wanted = raw.headerPrefix + name
  if (Object.hasOwn(bag, wanted)) return headerText(bag[wanted])
  const lower = wanted.toLowerCase()
  for (const key of Object.keys(bag))
    if (key.length === lower.length && key.toLowerCase() === lower) return headerText(bag[key])
  return ''
}

/** A logged header value as text: strings as they are, arrays joined, numbers printed, anything else ''. */
export function headerText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.filter(item => typeof item === 'string').join(', ')
  return ''
}
