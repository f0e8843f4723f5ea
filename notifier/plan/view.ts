import type { NoticeKind } from '../../services/domain/notice.ts'

/** What planning must know of the past. A value: the ledger makes it, tests write it by hand. */
export interface LedgerView {
  /** Deprecations the ledger has seen, by id. */
  readonly known: ReadonlyMap<string, KnownDeprecation>
  /** Notices that were sent, or may have been, by root and contact key. */
  past(root: string, contact: string): readonly PastNotice[]
  /** Addresses that refused for good, in lower case, with what was answered. */
  readonly refused: ReadonlyMap<string, string>
  /** Until when (YYYY-MM-DD) a customer is left in peace about a root; '' without end. */
  waived(root: string, customer: string): string | undefined
}

/** A deprecation as the ledger last saw it. */
export interface KnownDeprecation {
  readonly id: string
  /** The id it was first seen under. */
  readonly root: string
  readonly api: string
  /** What is deprecated, as one comparable text. */
  readonly thing: string
  /** 1 at first, one more each time the sunset moves. */
  readonly revision: number
  /** YYYY-MM-DD, undefined without one. */
  readonly sunset: string | undefined
}

export interface PastNotice {
  readonly kind: NoticeKind
  readonly revision: number
  readonly stage: number | undefined
  readonly occurrence: number
  readonly standsFor: number | undefined
  /** The sunset it told. */
  readonly sunset: string | undefined
  /** When it was accepted, or last tried; milliseconds UTC. */
  readonly at: number
  /** False where the mail server refused it for good: unique, but nobody was told. */
  readonly told: boolean
}

const NOTHING: readonly PastNotice[] = []

/** A ledger in which nothing has happened. */
export const EMPTY_LEDGER: LedgerView = {
  known: new Map(),
  past: () => NOTHING,
  refused: new Map(),
  waived: () => undefined,
}
