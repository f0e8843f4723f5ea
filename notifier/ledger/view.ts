import { NOTICE_KINDS } from '../../services/domain/notice.ts'
import type { KnownDeprecation, LedgerView, PastNotice } from '../plan/view.ts'
import type { Ledger } from './ledger.ts'
import { number, numberOrNone, type Row, text, textOrNone, word } from './row.ts'

/** What the plan must know: deprecations seen, notices that left (or may have), refused addresses, waivers. `today` is YYYY-MM-DD. */
export function ledgerView(ledger: Ledger, today: string): LedgerView {
  const known = new Map<string, KnownDeprecation>()
  for (const row of ledger.each('SELECT id, root, api, thing, revision, sunset FROM deprecations')) {
    const id = text(row, 'id')
    const sunset = textOrNone(row, 'sunset')
    known.set(id, {
      id,
      root: text(row, 'root'),
      api: text(row, 'api'),
      thing: text(row, 'thing'),
      revision: number(row, 'revision'),
      sunset,
    })
  }
  const past = pastNotices(ledger)
  const refused = new Map<string, string>()
  for (const row of ledger.each('SELECT address, reason FROM addresses'))
    refused.set(text(row, 'address'), text(row, 'reason'))
  const waivers = new Map<string, string>()
  for (const row of ledger.each(`SELECT root, customer, until FROM waivers WHERE until = '' OR until > ?`, today)) {
    waivers.set(`${text(row, 'root')}\n${text(row, 'customer')}`, text(row, 'until'))
  }
  return {
    known,
    past: (root, contact) => past.get(root)?.get(contact) ?? NOTHING,
    refused,
    waived: (root, customer) => waivers.get(`${root}\n${customer}`),
  }
}

const NOTHING: readonly PastNotice[] = []

function pastNotices(ledger: Ledger): ReadonlyMap<string, ReadonlyMap<string, readonly PastNotice[]>> {
  const byRoot = new Map<string, Map<string, PastNotice[]>>()
  const sql = `SELECT root, contact, kind, revision, stage, occurrence, stands_for, sunset, state, coalesce(told, updated) AS at
    FROM notices WHERE state IN ('in_flight', 'accepted', 'unknown', 'failed')`
  for (const row of ledger.each(sql)) {
    const root = text(row, 'root')
    const contact = text(row, 'contact')
    let contacts = byRoot.get(root)
    if (contacts === undefined) {
      contacts = new Map()
      byRoot.set(root, contacts)
    }
    const list = contacts.get(contact)
    if (list === undefined) contacts.set(contact, [pastNotice(row)])
    else list.push(pastNotice(row))
  }
  return byRoot
}

function pastNotice(row: Row): PastNotice {
  const stage = text(row, 'stage')
  return {
    kind: word(row, 'kind', NOTICE_KINDS),
    revision: number(row, 'revision'),
    stage: stage === '' ? undefined : Number(stage),
    occurrence: number(row, 'occurrence'),
    standsFor: numberOrNone(row, 'stands_for'),
    sunset: textOrNone(row, 'sunset'),
    at: number(row, 'at'),
    told: text(row, 'state') !== 'failed',
  }
}
