import type { KeyDigest } from './key-digest.ts'
import { isNobody } from './nobody.ts'
import { isMarkedSecret } from './secret.ts'

const KEPT = 64
const PLAIN = /^[A-Za-z0-9_.:=+/-]+$/

/** A request id as it is kept: up to 64 plain characters as they are; anything else, and what bears a key's mark, as its digest. */
export function normaliseRequestId(logged: string, digest: KeyDigest): string {
  if (logged === '' || isNobody(logged)) return ''
  return logged.length <= KEPT && PLAIN.test(logged) && !isMarkedSecret(logged) ? logged : digest.digest(logged)
}
