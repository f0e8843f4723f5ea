import type { MigrationState, OperationUsage } from './usage.ts'

/** What a letter is about. A kind is one file in notifier/compose. */
export const NOTICE_KINDS = [
  'announcement',
  'countdown',
  'date-moved',
  'digest',
  'after-sunset',
  'advice',
  'breaking-fix',
] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/**
 * `planned` waits for approval · `approved` may go · `queued` is in a letter · `in_flight` is being handed over ·
 * `retry` was refused for now · `accepted` by the mail server (or written to the outbox) · `failed` refused for good ·
 * `unknown` was perhaps delivered: held for a person · `suppressed` no longer owed · `superseded` a newer one stands for it.
 */
export const NOTICE_STATES = [
  'planned',
  'approved',
  'queued',
  'in_flight',
  'retry',
  'accepted',
  'failed',
  'unknown',
  'suppressed',
  'superseded',
] as const
export type NoticeState = (typeof NOTICE_STATES)[number]
export type LetterState = Exclude<NoticeState, 'planned' | 'approved'>

/** The usage a notice cites, frozen when its letter was written. Instants are milliseconds UTC. */
export interface Evidence {
  readonly asOf: number
  /** The worst state among the customer's consumers; `never` when the notice needs no call. */
  readonly state: MigrationState
  readonly calls: number
  /** 0 when nothing was called. */
  readonly first: number
  readonly last: number
  /** Most calls first; at most 40, the rest is counted in `moreOperations`. */
  readonly operations: readonly OperationUsage[]
  readonly moreOperations: number
  /** User-Agents, most calls first, at most 10. */
  readonly agents: readonly { readonly agent: string; readonly calls: number }[]
  /** Consumer ids, at most 20. */
  readonly consumers: readonly string[]
}

/** One thing owed to one contact: unique by kind, deprecation, date revision, contact, stage and occurrence. */
export interface Notice {
  /** Public name, made of what makes it unique: `n` and 24 hex digits. */
  readonly id: string
  readonly kind: NoticeKind
  /** Id in today's catalogue. */
  readonly deprecation: string
  /** The id under which this deprecation was first seen; differs from `deprecation` after `renamed-from`. */
  readonly root: string
  readonly api: string
  /** Grows when the sunset moves, and only then; 1 at first. */
  readonly revision: number
  /** Days before the sunset (negative: after); undefined where the kind has no stage. */
  readonly stage: number | undefined
  /** Digests are counted from the announcement; 0 otherwise. */
  readonly occurrence: number
  /** The stage (or digest) of the day an announcement or date-moved notice stands for. */
  readonly standsFor: number | undefined
  /** The sunset it tells, YYYY-MM-DD in the API's zone. */
  readonly sunset: string | undefined
  /** For `date-moved`: the sunset this contact was told before, undefined when none was. */
  readonly movedFrom: string | undefined
  readonly customer: string
  /** As written in the customers file; compared without case. */
  readonly address: string
  /** BCP 47 and IANA zone of the contact. */
  readonly language: string
  readonly zone: string
  readonly evidence: Evidence
}

/** A notice as the ledger has it. Instants are milliseconds UTC. */
export interface NoticeRecord extends Notice {
  readonly state: NoticeState
  /** Why it is in this state, in words; '' when the state says all. */
  readonly reason: string
  readonly planned: number
  readonly updated: number
  readonly letter: string | undefined
}

/** One mail. It may carry several notices to one contact; a notice is in one letter. */
export interface LetterRecord {
  /** `l` and 24 hex digits. */
  readonly id: string
  readonly messageId: string
  readonly customer: string
  readonly address: string
  readonly api: string
  readonly subject: string
  readonly notices: readonly string[]
  readonly state: LetterState
  readonly reason: string
  readonly way: 'outbox' | 'smtp'
  readonly attempts: number
  /** Milliseconds UTC. */
  readonly written: number
  readonly updated: number
  /** What the mail server answered, its queue id included; '' when nothing. */
  readonly answer: string
}

/** The letter as it left, with what it says. */
export interface LetterDetail extends LetterRecord {
  readonly text: string
  readonly html: string
  /** The whole message, RFC 5322. */
  readonly source: Buffer
}

/** A notice that is due but must not go now, as of the last round. */
export interface Hold {
  readonly deprecation: string
  /** '' where the whole deprecation is held. */
  readonly customer: string
  readonly address: string
  readonly kind: NoticeKind | undefined
  readonly reason: string
}

/** Someone who is concerned and cannot be told, as of the last round. */
export interface Untold {
  readonly deprecation: string
  /** '' for all keyless traffic together. */
  readonly consumer: string
  readonly customer: string | null
  readonly reason: 'keyless' | 'no-customer' | 'no-contact' | 'refused-address'
}

/** How far a deprecation's letters are, for a list. */
export interface Campaign {
  readonly deprecation: string
  readonly revision: number
  readonly recipients: number
  /** Recipients that wait for `lastcall approve`. */
  readonly waiting: number
  readonly states: ReadonlyMap<NoticeState, number>
}

/** What other rooms may read of the ledger. Nothing here writes; ids that are unknown give nothing. */
export interface LedgerReader {
  /** Newest first. */
  noticesOf(deprecation: string, limit?: number): readonly NoticeRecord[]
  noticesTo(customer: string, limit?: number): readonly NoticeRecord[]
  /** All notices, newest first; `before` is the id to go on below. */
  notices(limit: number, before?: string): readonly NoticeRecord[]
  notice(id: string): NoticeRecord | undefined
  /** Letters in any state, newest first; `before` is the id to go on below. */
  outbox(limit: number, before?: string): readonly LetterRecord[]
  letter(id: string): LetterDetail | undefined
  campaigns(): readonly Campaign[]
  holds(deprecation?: string): readonly Hold[]
  untold(deprecation?: string): readonly Untold[]
  /** Why nothing is sent at all (a restored or closed ledger), '' when letters may go. */
  held(): string
  /** When the last round ended, milliseconds UTC; 0 before the first. */
  lastRound(): number
}
