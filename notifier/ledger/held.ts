import { change } from './change.ts'
import type { Ledger } from './ledger.ts'

/**
 * Why this ledger sends nothing, '' when it may. A restored, closed or copied ledger starts held until a person
 * releases it: another one may have sent what this one thinks is due.
 */
export function heldReason(ledger: Ledger): string {
  const held = ledger.meta('held') ?? ''
  if (held !== '') return held
  return ledger.meta('place') === ledger.place() ? '' : 'this file is a copy of a ledger made elsewhere'
}

/** For `restore` (before first use) and `export` (which closes the old one). `at` is milliseconds UTC. */
export function holdLedger(ledger: Ledger, reason: string, at: number): void {
  change(ledger, at, moves => {
    ledger.setMeta('held', reason)
    moves.tell('ledger', 'held', reason)
  })
}

/** A person says that no other ledger sends for this installation. */
export function releaseLedger(ledger: Ledger, at: number): void {
  change(ledger, at, moves => {
    ledger.setMeta('held', '')
    ledger.setMeta('place', ledger.place())
    moves.tell('ledger', 'released', '')
  })
}
