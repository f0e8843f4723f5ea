import type { Identity, IdentityKind } from '../../services/domain/raw-call.ts'
import { asText, NOTHING_WORDS } from './json-value.ts'

/** Words gateways write for "nobody was recognised". As an identity they would make all strangers one consumer. */
const NOBODY_WORDS: ReadonlySet<string> = new Set([
  'anonymous',
  'Anonymous',
  'ANONYMOUS',
  'unknown',
  'Unknown',
  'UNKNOWN',
  '(not set)',
  '(none)',
  'none',
  'None',
  'n/a',
  'N/A',
])

/** '' for a value that names nobody: missing, taken out, a placeholder, no scalar. Else the value as text. */
export function somebody(value: unknown): string {
  const text = asText(value).trim()
  return NOTHING_WORDS.has(text) || NOBODY_WORDS.has(text) ? '' : text
}

/** Adds what the gateway asserts to a record's identities, unless it names nobody. Call it in the order of trust, best first. */
export function identify(identities: Identity[], kind: IdentityKind, value: unknown): void {
  if (value === undefined || value === null || value === '') return
  const text = somebody(value)
  if (text !== '') identities.push({ kind, value: text })
}
