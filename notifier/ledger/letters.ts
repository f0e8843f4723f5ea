import { createHmac, hash } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'
import type { Notice } from '../../services/domain/notice.ts'
import { contactKey } from '../plan/contact.ts'
import { change } from './change.ts'
import type { Ledger } from './ledger.ts'
import { refresh } from './record.ts'
import { number, numberOrNone, text, textOrNone } from './row.ts'
import { tearUp } from './tear-up.ts'

export type Way = 'outbox' | 'smtp'

/** A letter written and not yet handed over. */
export interface WrittenLetter {
  readonly id: string
  readonly messageId: string
  readonly customer: string
  readonly address: string
  readonly api: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The whole message, RFC 5322. */
  readonly source: Buffer
}

/** The same notices by the same way make the same letter, whenever and however often it is written; a rehearsal is another letter. */
export function letterId(notices: readonly Notice[], way: Way): string {
  const ids = notices.map(({ id }) => id).sort()
  return `l${hash('sha256', [way, ...ids].join('\n')).slice(0, 24)}`
}

/** Made of the ledger's own secret and the letter's id: findable in a relay's log, not to be guessed. Kept from the first writing on. */
export function messageIdOf(ledger: Ledger, letter: string, domain: string): string {
  const before = ledger.get('SELECT message_id FROM letters WHERE id = ?', letter)
  if (before !== undefined) return text(before, 'message_id')
  const digest = createHmac('sha256', ledger.meta('secret') ?? '')
    .update(letter)
    .digest('hex')
    .slice(0, 32)
  return `<lastcall.${digest}@${domain}>`
}

/** Message-IDs of earlier letters to the same contact about the same deprecations, oldest first, at most 10: the thread. */
export function threadOf(ledger: Ledger, notices: readonly Notice[]): readonly string[] {
  const [first] = notices
  if (first === undefined) return []
  const roots = [...new Set(notices.map(({ root }) => root))]
  const sql = `SELECT DISTINCT l.message_id AS message_id, l.written AS written FROM letters l JOIN notices n ON n.letter = l.id
    WHERE n.contact = ? AND n.root IN (${roots.map(() => '?').join(', ')}) AND l.state IN ('accepted', 'unknown') ORDER BY l.written DESC LIMIT 10`
  return ledger
    .all(sql, contactKey(first.customer, first.address), ...roots)
    .map(row => text(row, 'message_id'))
    .reverse()
}

/** Notices that may be put into a letter now, with the letter they are in. By SMTP only those on an approved list. */
export function writable(ledger: Ledger, way: Way, at: number): ReadonlyMap<string, string | undefined> {
  const sql = `SELECT n.id AS id, n.letter AS letter, l.next_try AS next_try,
      EXISTS (SELECT 1 FROM approvals a WHERE a.root = n.root AND a.revision = n.revision AND a.contact = n.contact) AS approved
    FROM notices n LEFT JOIN letters l ON l.id = n.letter WHERE n.state IN ('planned', 'approved', 'queued', 'retry')`
  const found = new Map<string, string | undefined>()
  for (const row of ledger.each(sql)) {
    if (way === 'smtp' && number(row, 'approved') === 0) continue
    if ((numberOrNone(row, 'next_try') ?? 0) > at) continue
    found.set(text(row, 'id'), textOrNone(row, 'letter'))
  }
  return found
}

/** Puts a letter down as queued, with its notices and the evidence it cites. A letter that may have left is never written again. */
export function writeLetter(
  ledger: Ledger,
  letter: WrittenLetter,
  notices: readonly Notice[],
  way: Way,
  at: number,
): void {
  change(ledger, at, moves => {
    const before = ledger.get('SELECT state FROM letters WHERE id = ?', letter.id)
    if (before !== undefined && !['queued', 'retry', 'superseded', 'suppressed'].includes(text(before, 'state'))) {
      throw new Error(`letter ${letter.id} is ${text(before, 'state')} and was to be written again`)
    }
    for (const { id } of notices) {
      const other = textOrNone(ledger.get('SELECT letter FROM notices WHERE id = ?', id) ?? {}, 'letter')
      if (other !== undefined && other !== letter.id) tearUp(moves, other, 'its notices are in another letter now')
    }
    const body = zstdCompressSync(JSON.stringify({ text: letter.text, html: letter.html }))
    const sql = `INSERT INTO letters (id, message_id, customer, address, api, subject, state, reason, way, attempts, next_try, written, updated, answer, body, source)
      VALUES (?, ?, ?, ?, ?, ?, 'queued', '', ?, 0, 0, ?, ?, '', ?, ?)
      ON CONFLICT (id) DO UPDATE SET subject = excluded.subject, address = excluded.address, state = 'queued', reason = '', way = excluded.way,
        written = excluded.written, updated = excluded.updated, body = excluded.body, source = excluded.source`
    const { id, messageId, customer, address, api, subject } = letter
    ledger.run(sql, id, messageId, customer, address, api, subject, way, at, at, body, zstdCompressSync(letter.source))
    moves.tell(id, 'queued', `sha256 ${hash('sha256', letter.source)}`)
    for (const notice of notices) {
      refresh(ledger, notice)
      moves.notice(notice.id, 'queued', '', letter.id)
    }
  })
}
