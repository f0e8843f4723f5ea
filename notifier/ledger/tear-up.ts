import type { Change } from './change.ts'
import type { Ledger } from './ledger.ts'
import { number, text } from './row.ts'

/** A letter that was never handed over is set aside; the notices left in it wait to be written anew. */
export function tearUp(moves: Change, letter: string, reason: string): void {
  for (const row of moves.ledger.all('SELECT id, root, revision, contact FROM notices WHERE letter = ?', letter)) {
    moves.notice(
      text(row, 'id'),
      waitingState(moves.ledger, text(row, 'root'), number(row, 'revision'), text(row, 'contact')),
      '',
      null,
    )
  }
  moves.letter(letter, 'superseded', reason)
}

/** `approved` where the contact was on an approved list of this date revision. */
export function waitingState(ledger: Ledger, root: string, revision: number, contact: string): 'approved' | 'planned' {
  const sql = 'SELECT 1 FROM approvals WHERE root = ? AND revision = ? AND contact = ?'
  return ledger.get(sql, root, revision, contact) === undefined ? 'planned' : 'approved'
}
