import { zstdDecompressSync } from 'node:zlib'
import {
  type Evidence,
  type Hold,
  type LedgerReader,
  type LetterDetail,
  type LetterRecord,
  type LetterState,
  NOTICE_KINDS,
  NOTICE_STATES,
  type NoticeRecord,
  type Untold,
} from '../../services/domain/notice.ts'
import { campaignsOf } from './campaigns.ts'
import { noticesIn } from './change.ts'
import { heldReason } from './held.ts'
import type { Ledger } from './ledger.ts'
import { lastRound } from './record.ts'
import { bytes, number, numberOrNone, type Row, text, textOrNone, word } from './row.ts'

const LIMIT = 1000
const LETTER_STATES: readonly LetterState[] = [
  'queued',
  'in_flight',
  'retry',
  'accepted',
  'failed',
  'unknown',
  'suppressed',
  'superseded',
]
const UNTOLD: readonly Untold['reason'][] = ['keyless', 'no-customer', 'no-contact', 'refused-address']

/** The ledger as other rooms may read it: questions only. */
export function ledgerReader(ledger: Ledger): LedgerReader {
  const notices = (where: string, values: readonly (string | number)[], limit: number): readonly NoticeRecord[] =>
    ledger
      .all(`SELECT * FROM notices WHERE ${where} ORDER BY planned DESC, rowid DESC LIMIT ?`, ...values, limit)
      .map(noticeRecord)
  return {
    noticesOf: (deprecation, limit = LIMIT) => notices('deprecation = ?', [deprecation], limit),
    noticesTo: (customer, limit = LIMIT) => notices('customer = ?', [customer], limit),
    notices: (limit, before) =>
      before === undefined
        ? notices('1', [], limit)
        : notices('(planned, rowid) < (SELECT planned, rowid FROM notices WHERE id = ?)', [before], limit),
    notice: id => notices('id = ?', [id], 1)[0],
    outbox: (limit, before) => outbox(ledger, limit, before),
    letter: id => letter(ledger, id),
    campaigns: campaignsOf(ledger),
    holds: deprecation =>
      ledger.all('SELECT * FROM holds WHERE ?1 IS NULL OR deprecation = ?1', deprecation ?? null).map(holdRow),
    untold: deprecation =>
      ledger.all('SELECT * FROM untold WHERE ?1 IS NULL OR deprecation = ?1', deprecation ?? null).map(untoldRow),
    held: () => heldReason(ledger),
    lastRound: () => lastRound(ledger),
  }
}

const LETTER =
  'SELECT id, message_id, customer, address, api, subject, state, reason, way, attempts, written, updated, answer'

function outbox(ledger: Ledger, limit: number, before: string | undefined): readonly LetterRecord[] {
  const order = 'ORDER BY written DESC, rowid DESC LIMIT ?'
  const rows =
    before === undefined
      ? ledger.all(`${LETTER} FROM letters ${order}`, limit)
      : ledger.all(
          `${LETTER} FROM letters WHERE (written, rowid) < (SELECT written, rowid FROM letters WHERE id = ?) ${order}`,
          before,
          limit,
        )
  return rows.map(row => letterRecord(ledger, row))
}

function letter(ledger: Ledger, id: string): LetterDetail | undefined {
  const row = ledger.get(`${LETTER}, body, source FROM letters WHERE id = ?`, id)
  if (row === undefined) return undefined
  const body: unknown = JSON.parse(zstdDecompressSync(bytes(row, 'body')).toString('utf8'))
  const part = (name: string): string => {
    const value =
      body !== null && typeof body === 'object' ? Object.entries(body).find(([key]) => key === name)?.[1] : undefined
    return typeof value === 'string' ? value : ''
  }
  return {
    ...letterRecord(ledger, row),
    text: part('text'),
    html: part('html'),
    source: zstdDecompressSync(bytes(row, 'source')),
  }
}

function letterRecord(ledger: Ledger, row: Row): LetterRecord {
  const id = text(row, 'id')
  return {
    id,
    messageId: text(row, 'message_id'),
    customer: text(row, 'customer'),
    address: text(row, 'address'),
    api: text(row, 'api'),
    subject: text(row, 'subject'),
    notices: noticesIn(ledger, id),
    state: word(row, 'state', LETTER_STATES),
    reason: text(row, 'reason'),
    way: word(row, 'way', ['outbox', 'smtp']),
    attempts: number(row, 'attempts'),
    written: number(row, 'written'),
    updated: number(row, 'updated'),
    answer: text(row, 'answer'),
  }
}

export function noticeRecord(row: Row): NoticeRecord {
  const stage = text(row, 'stage')
  // The ledger wrote it from an Evidence; its event seal shows whether somebody else did.
  const evidence: Evidence = JSON.parse(text(row, 'evidence'))
  return {
    id: text(row, 'id'),
    kind: word(row, 'kind', NOTICE_KINDS),
    deprecation: text(row, 'deprecation'),
    root: text(row, 'root'),
    api: text(row, 'api'),
    revision: number(row, 'revision'),
    stage: stage === '' ? undefined : Number(stage),
    occurrence: number(row, 'occurrence'),
    standsFor: numberOrNone(row, 'stands_for'),
    sunset: textOrNone(row, 'sunset'),
    movedFrom: textOrNone(row, 'moved_from'),
    customer: text(row, 'customer'),
    address: text(row, 'address'),
    language: text(row, 'language'),
    zone: text(row, 'zone'),
    evidence,
    state: word(row, 'state', NOTICE_STATES),
    reason: text(row, 'reason'),
    planned: number(row, 'planned'),
    updated: number(row, 'updated'),
    letter: textOrNone(row, 'letter'),
  }
}

function holdRow(row: Row): Hold {
  const kind = text(row, 'kind')
  return {
    deprecation: text(row, 'deprecation'),
    customer: text(row, 'customer'),
    address: text(row, 'address'),
    kind: NOTICE_KINDS.find(one => one === kind),
    reason: text(row, 'reason'),
  }
}

function untoldRow(row: Row): Untold {
  return {
    deprecation: text(row, 'deprecation'),
    consumer: text(row, 'consumer'),
    customer: textOrNone(row, 'customer') ?? null,
    reason: word(row, 'reason', UNTOLD),
  }
}
