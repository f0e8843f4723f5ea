import type { Outcome } from '../ledger/hand-over.ts'
import type { Way } from '../ledger/letters.ts'

/** Who takes letters out of the house: the outbox folder, or a mail server. */
export interface Carrier {
  /** To the outbox a letter may be handed again and again: nothing changes. */
  readonly way: Way
  /** Makes sure that a letter can be handed over now. @throws LcError when it cannot: no letter was touched. */
  ready(): Promise<void>
  /** Hands one letter over, and says what became of it; never throws for what the other side does. */
  hand(letter: OutgoingLetter): Promise<HandedOver>
  close(): Promise<void>
}

export interface OutgoingLetter {
  readonly id: string
  /** One address: the envelope's recipient. */
  readonly address: string
  /** The whole message, RFC 5322. */
  readonly source: Buffer
}

export interface HandedOver {
  readonly outcome: Outcome
  /** '' to go on; else why no other letter should be tried in this run. */
  readonly stop: string
}
