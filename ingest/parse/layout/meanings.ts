import type { Meaning } from './field.ts'
import { SKIP } from './field.ts'

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
