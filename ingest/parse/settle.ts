import { type Outcome, ok, unparsed } from '../../services/domain/outcome.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import type { ParseContext } from './format.ts'
import { isMethod, isTarget } from './request-line.ts'

/**
 * The end of every reading of a JSON record: a call needs a request (method and target), a status and an instant,
 * and the first that is missing is the reason it is unparsed. `status` as from `asStatus`; `time` in milliseconds
 * UTC, NaN when the record has none: then the envelope's is taken, as a logged instant.
 */
export function settle(
  call: RawCall,
  status: number | undefined,
  time: number,
  context: ParseContext,
): Outcome<RawCall> {
  if (!isMethod(call.method) || !isTarget(call.target)) return unparsed('no-request')
  if (status === undefined) return unparsed('no-status')
  call.status = status
  if (!Number.isNaN(time)) {
    call.time = time
    return ok(call)
  }
  if (!(context.envelopeTime > 0)) return unparsed('no-time')
  call.time = context.envelopeTime
  call.timeKind = 'logged'
  return ok(call)
}

/** Milliseconds of a duration: -1, NaN, infinite and absurd (over 49 days) values mean "not measured", 0. */
export function durationMs(value: number, perMs = 1): number {
  const ms = value / perMs
  return ms > 0 && ms < 4_294_967_295 ? ms : 0
}
