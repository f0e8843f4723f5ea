import { type Meaning, SKIP } from './field.ts'

// Secrets, and what callers write about where they come from: neither read nor kept.
const UNREAD: ReadonlySet<string> = new Set(['cookie', 'referer', 'x-forwarded-for', 'x-real-ip', 'forwarded'])

/** What a logged request header means. The name in any case; others than the known come out under their own name. */
export function requestHeader(name: string): Meaning {
  const lower = name.toLowerCase()
  if (lower === 'user-agent') return { of: 'agent' }
  if (lower === 'host') return { of: 'host' }
  if (lower === 'x-request-id') return { of: 'request-id' }
  return UNREAD.has(lower) ? SKIP : { of: 'request-header', name: lower }
}

/** What a logged response header means: the four that the audit reads, any other nothing. */
export function responseHeader(name: string): Meaning {
  const lower = name.toLowerCase()
  if (lower === 'deprecation' || lower === 'sunset' || lower === 'link') return { of: 'response-header', name: lower }
  if (lower === 'api-version' || lower === 'x-api-version') return { of: 'response-header', name: 'version' }
  return SKIP
}

const NO_NAME = /[^a-z0-9!#$%&'*+.^_`|~-]+/g

/**
 * A value of the operator's own (a variable, a note, an expression) as a request header that a source may trust or take
 * its key from: its name in lower case, what no header name may hold as dashes. `var(txn.app)` is `var-txn.app`.
 */
export function ownHeader(name: string): Meaning {
  const dashed = name.toLowerCase().slice(0, 100).replace(NO_NAME, '-')
  return { of: 'request-header', name: dashed.endsWith('-') ? dashed.slice(0, -1) : dashed }
}
