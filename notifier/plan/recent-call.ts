import type { Deprecation } from '../../services/domain/catalogue.ts'
import type { Policy } from '../../services/domain/policy.ts'
import type { Caller } from './callers.ts'
import { type Due, lastTold } from './due.ts'
import type { PastNotice } from './view.ts'

const DAY_MS = 86_400_000
/** A first letter cites a call at most this old, or within the caller's rhythm where that is longer. */
const FIRST_LETTER_DAYS = 35

/**
 * Silence stops letters. A countdown needs a call since the previous notice, or a consumer that sleeps within its
 * rhythm; the first letter a call within 35 days or the rhythm; a digest one in its period; a letter after the sunset
 * one after the sunset. An announcement to all customers needs no call, a moved date only somebody who may still call.
 */
export function hasRecentCall(
  due: Due,
  caller: Caller,
  past: readonly PastNotice[],
  deprecation: Deprecation,
  policy: Policy,
  now: number,
): boolean {
  const previous = lastTold(past)
  const sincePrevious = previous === undefined || caller.last > previous.at
  switch (due.kind) {
    case 'date-moved':
      return true
    case 'after-sunset':
      return sincePrevious && caller.last >= sunsetInstant(deprecation)
    case 'digest':
    case 'advice':
      return sincePrevious && caller.last >= now - Math.max(1, policy.digestDays) * DAY_MS
    case 'announcement':
    case 'breaking-fix':
      if (policy.announcement === 'all-customers') return true
      return caller.sleeping || caller.last >= now - Math.max(FIRST_LETTER_DAYS, caller.need) * DAY_MS
    case 'countdown':
      if (caller.sleeping) return true
      if (previous !== undefined) return sincePrevious
      return caller.last >= now - Math.max(FIRST_LETTER_DAYS, caller.need) * DAY_MS
  }
}

function sunsetInstant(deprecation: Deprecation): number {
  return deprecation.sunset === undefined ? Number.POSITIVE_INFINITY : Date.parse(deprecation.sunset.instant)
}
