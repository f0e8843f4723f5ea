/**
 * What became of one line. A broken record is a value, never an exception: the line is counted under its
 * outcome and its neighbours go on. `lines = call + unparsed + dropped (+ dead, once the store refused it)`.
 */
export type Outcome<T> = Ok<T> | Drop | Unparsed

export interface Ok<T> {
  readonly kind: 'ok'
  readonly value: T
}
/** Read well, and left out by a rule; `explain` names the rule and the key that changes it. */
export interface Drop {
  readonly kind: 'drop'
  readonly reason: DropReason
}
/** No call could be read in it. */
export interface Unparsed {
  readonly kind: 'unparsed'
  readonly reason: UnparsedReason
}

export const DROP_REASONS = [
  'time-range',
  'no-host',
  'unknown-host',
  'subrequest',
  'other-hop',
  'not-a-request',
  'queue-full',
] as const
export type DropReason = (typeof DROP_REASONS)[number]

export const UNPARSED_REASONS = [
  'unknown-format',
  'not-json',
  'no-request',
  'no-status',
  'no-time',
  'too-long',
  'encoding',
  'cut-off',
] as const
export type UnparsedReason = (typeof UNPARSED_REASONS)[number]

/** Reasons of a row that the store set aside. */
export const DEAD_REASONS = ['refused-by-store'] as const
export type DeadReason = (typeof DEAD_REASONS)[number]

export const ok = <T>(value: T): Ok<T> => ({ kind: 'ok', value })
const DROPS = new Map<DropReason, Drop>(DROP_REASONS.map(reason => [reason, { kind: 'drop', reason }]))
const UNPARSED = new Map<UnparsedReason, Unparsed>(
  UNPARSED_REASONS.map(reason => [reason, { kind: 'unparsed', reason }]),
)
export const drop = (reason: DropReason): Drop => DROPS.get(reason) ?? { kind: 'drop', reason }
export const unparsed = (reason: UnparsedReason): Unparsed => UNPARSED.get(reason) ?? { kind: 'unparsed', reason }
