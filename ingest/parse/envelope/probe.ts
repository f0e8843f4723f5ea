import type { JsonObject } from '../format.ts'
import { own } from '../json-value.ts'
import type { ObjectEnvelope } from './envelope.ts'

/** Cloudflare's test upload when a Logpush job is made: `{"content":"tests"}` holds nothing. */
export const probe: ObjectEnvelope = { name: 'probe', open: isProbe }

function isProbe(value: JsonObject): boolean {
  return own(value, 'content') === 'tests' && Object.keys(value).length === 1
}
