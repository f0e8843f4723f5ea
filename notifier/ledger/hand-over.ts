import { type Change, change } from './change.ts'
import type { Ledger } from './ledger.ts'
import type { Way } from './letters.ts'
import { number, text } from './row.ts'
import { tearUp } from './tear-up.ts'

/** What a mail server (or the outbox) did with a letter. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly answer: string }
  /** Refused for now, or never reached: nothing was delivered, it may go again. */
  | { readonly kind: 'temporary'; readonly answer: string }
  /** Refused for good. `address` when it was the recipient that was refused. */
  | { readonly kind: 'permanent'; readonly answer: string; readonly address: boolean }
  /** Lost after the last byte and before the answer: nobody knows. */
  | { readonly kind: 'unknown'; readonly answer: string }

const MINUTE = 60_000
/** Waits between tries; after the last the letter has failed. RFC 5321 §4.5.4.1 asks for half an hour and 4–5 days. */
const WAITS = [5, 30, 60, 120, 240, 480, 960, 1440, 1440, 1440].map(minutes => minutes * MINUTE)

/** On the disk before the mail server hears of it: whatever happens from here on, the letter is never sent blindly again. */
export function markInFlight(ledger: Ledger, letter: string, at: number): void {
  change(ledger, at, moves => moves.letter(letter, 'in_flight', ''))
}

export function recordOutcome(ledger: Ledger, letter: string, outcome: Outcome, at: number): void {
  change(ledger, at, moves => {
    const { answer } = outcome
    switch (outcome.kind) {
      case 'accepted':
        moves.letter(letter, 'accepted', '', { answer })
        return
      case 'unknown':
        moves.letter(letter, 'unknown', 'perhaps delivered: the connection was lost before the answer', { answer })
        return
      case 'permanent':
        moves.letter(letter, 'failed', outcome.address ? 'the address was refused' : 'the letter was refused', {
          answer,
        })
        if (outcome.address)
          refuseAddress(
            ledger,
            text(ledger.get('SELECT address FROM letters WHERE id = ?', letter) ?? {}, 'address'),
            answer,
            at,
          )
        return
      case 'temporary': {
        const attempts = number(ledger.get('SELECT attempts FROM letters WHERE id = ?', letter) ?? {}, 'attempts')
        const wait = WAITS[Math.max(0, attempts - 1)]
        if (wait === undefined) moves.letter(letter, 'failed', `given up after ${attempts} tries`, { answer })
        else moves.letter(letter, 'retry', 'refused for now', { answer, nextTry: at + wait })
      }
    }
  })
}

export function refuseAddress(ledger: Ledger, address: string, reason: string, at: number): void {
  const sql =
    'INSERT INTO addresses (address, reason, at) VALUES (?, ?, ?) ON CONFLICT (address) DO UPDATE SET reason = excluded.reason, at = excluded.at'
  ledger.run(sql, address.toLowerCase(), reason, at)
}

/**
 * What a run that ended in the middle of a hand-over left behind: unknown, and held. Only under the lock: what is in
 * flight here belongs to nobody alive. Letters to the outbox are never seen in flight: filing one again changes nothing.
 */
export function settleLeftovers(ledger: Ledger, at: number): void {
  for (const row of ledger.all(`SELECT id FROM letters WHERE state = 'in_flight'`)) {
    change(ledger, at, moves =>
      moves.letter(text(row, 'id'), 'unknown', 'perhaps delivered: notify ended while it was being handed over'),
    )
  }
}

/** The outbox is a rehearsal: once real mail is set up, what lies there was told to nobody. */
export function leaveRehearsal(ledger: Ledger, way: Way, at: number): number {
  if (way === 'outbox') return 0
  const rows = ledger.all(`SELECT DISTINCT l.id AS id, l.state AS state FROM letters l JOIN notices n ON n.letter = l.id
    WHERE l.way = 'outbox' AND n.state IN ('accepted', 'queued', 'retry', 'failed')`)
  for (const row of rows) change(ledger, at, moves => rehearsed(moves, text(row, 'id'), text(row, 'state')))
  return rows.length
}

function rehearsed(moves: Change, letter: string, state: string): void {
  if (state === 'queued' || state === 'retry') {
    tearUp(moves, letter, 'real mail was set up')
    return
  }
  for (const row of moves.ledger.all('SELECT id FROM notices WHERE letter = ?', letter)) {
    moves.notice(text(row, 'id'), 'superseded', 'was written to the outbox only', null)
  }
}
