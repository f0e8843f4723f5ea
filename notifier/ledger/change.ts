import type { LetterState, NoticeState } from '../../services/domain/notice.ts'
import { CHAIN_START, sealOf } from './events.ts'
import type { Ledger } from './ledger.ts'
import { number, text } from './row.ts'

/** What happens inside one transaction: rows and the events that tell of them are on the disk together, or not at all. */
export function change<T>(ledger: Ledger, at: number, work: (change: Change) => T): T {
  return ledger.transaction(() => work(new Change(ledger, at)))
}

export class Change {
  readonly ledger: Ledger
  /** Milliseconds UTC. */
  readonly at: number
  #seq: number
  #head: string
  constructor(ledger: Ledger, at: number) {
    this.ledger = ledger
    this.at = at
    const last = ledger.get('SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1')
    this.#seq = last === undefined ? 0 : number(last, 'seq')
    this.#head = last === undefined ? CHAIN_START : text(last, 'hash')
  }

  tell(subject: string, state: string, detail: string): void {
    this.#seq += 1
    this.#head = sealOf(this.#head, this.#seq, this.at, subject, state, detail)
    const sql = 'INSERT INTO events (seq, at, subject, state, detail, hash) VALUES (?, ?, ?, ?, ?, ?)'
    this.ledger.run(sql, this.#seq, this.at, subject, state, detail, this.#head)
  }

  /** Moves a notice. `letter` null takes it out of its letter, undefined leaves it there. */
  notice(id: string, state: NoticeState, reason: string, letter?: string | null): void {
    if (letter === undefined) {
      this.ledger.run('UPDATE notices SET state = ?, reason = ?, updated = ? WHERE id = ?', state, reason, this.at, id)
    } else {
      this.ledger.run(
        'UPDATE notices SET state = ?, reason = ?, updated = ?, letter = ? WHERE id = ?',
        state,
        reason,
        this.at,
        letter,
        id,
      )
    }
    this.tell(id, state, reason)
  }

  /** Moves a letter and every notice in it. */
  letter(
    id: string,
    state: LetterState,
    reason: string,
    more: { readonly answer?: string; readonly nextTry?: number } = {},
  ): void {
    const sql = `UPDATE letters SET state = ?, reason = ?, updated = ?, answer = coalesce(?, answer), next_try = coalesce(?, next_try),
      attempts = attempts + ? WHERE id = ?`
    this.ledger.run(
      sql,
      state,
      reason,
      this.at,
      more.answer ?? null,
      more.nextTry ?? null,
      state === 'in_flight' ? 1 : 0,
      id,
    )
    this.tell(
      id,
      state,
      more.answer === undefined || more.answer === '' ? reason : `${reason}${reason === '' ? '' : ': '}${more.answer}`,
    )
    for (const notice of noticesIn(this.ledger, id)) this.notice(notice, state, reason)
    if (state === 'accepted' || state === 'unknown' || state === 'failed') {
      this.ledger.run('UPDATE notices SET told = ? WHERE letter = ?', this.at, id)
    }
  }
}

/** Ids of the notices a letter carries. */
export function noticesIn(ledger: Ledger, letter: string): readonly string[] {
  return ledger.all('SELECT id FROM notices WHERE letter = ? ORDER BY id', letter).map(row => text(row, 'id'))
}
