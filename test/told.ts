import type { Outcome } from '../services/domain/outcome.ts'
import type { RawCall } from '../services/domain/raw-call.ts'

/** An outcome with its identities as text (`app:91f0 user:jane`), so that a test says exactly who was named. */
export function told(outcome: Outcome<RawCall>) {
  if (outcome.kind !== 'ok') return outcome
  const identities = outcome.value.identities.map(({ kind, value }) => `${kind}:${value}`).join(' ')
  return { kind: outcome.kind, value: { ...outcome.value, identities } }
}
