import type { Call } from '../../services/domain/call.ts'
import { type Drop, drop, type Unparsed, unparsed } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'

const YEAR_2000 = 946_684_800_000
const AHEAD_MS = 10 * 60_000
/** A longer duration is a wrong unit or a tunnel: it says nothing about the start. */
const LONGEST_MS = 24 * 3_600_000

/**
 * Sets `time`, `timeKind` and `durationMs`: the request's start where the log allows (an end takes its duration off),
 * else the logged instant. Accepted from 2000 to ten minutes after receipt (design §5); what is refused comes back.
 */
export function setInstant(call: Call, raw: RawCall, received: number): Drop | Unparsed | undefined {
  if (Number.isNaN(raw.time)) return unparsed('no-time')
  const duration = raw.durationMs > 0 && raw.durationMs <= LONGEST_MS ? raw.durationMs : 0
  const startKnown = raw.timeKind === 'start' || (raw.timeKind === 'end' && duration > 0)
  const time = Math.floor(raw.timeKind === 'end' ? raw.time - duration : raw.time)
  if (!(time >= YEAR_2000 && time <= received + AHEAD_MS)) return drop('time-range')
  call.time = time
  call.timeKind = startKnown ? 'start' : 'logged'
  call.durationMs = Math.round(duration)
  return undefined
}

const MOST_WEIGHT = 1_000_000

/** Calls a record stands for: a whole number from 1 to a million. */
export function readWeight(weight: number): number {
  return weight > 1 ? Math.min(MOST_WEIGHT, Math.round(weight)) : 1
}

/** 0 to 999, 0 when no response was sent (HAProxy writes -1); undefined for what is no status. */
export function readStatus(status: number): number | undefined {
  if (status < 0) return 0
  return Number.isInteger(status) && status <= 999 ? status : undefined
}
