import type { Notice } from '../../services/domain/notice.ts'
import { contactKey } from '../plan/contact.ts'
import type { Plan } from '../plan/plan.ts'
import { type Change, change } from './change.ts'
import type { Ledger } from './ledger.ts'
import { number, type Row, text, textOrNone } from './row.ts'
import { tearUp, waitingState } from './tear-up.ts'

/** What became of a plan in the ledger. */
export interface Recorded {
  readonly planned: number
  readonly superseded: number
  readonly suppressed: number
}

/** Of these and of who cannot be told so many are kept per deprecation and round: enough to look at. */
const SHOWN = 1000

/**
 * Writes a plan down: new notices, what they replace, what is owed no more, what is held and who cannot be told.
 * One transaction; the same plan again changes nothing. A notice that is on its way or has left is never touched.
 */
export function recordPlan(ledger: Ledger, plan: Plan, at: number): Recorded {
  return change(ledger, at, moves => {
    for (const { id, root, api, thing, revision, sunset } of plan.deprecations) {
      const sql = `INSERT INTO deprecations (id, root, api, thing, revision, sunset) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET root = excluded.root, api = excluded.api, thing = excluded.thing, revision = excluded.revision, sunset = excluded.sunset`
      ledger.run(sql, id, root, api, thing, revision, sunset ?? null)
    }
    const recorded = { planned: 0, ...reconcile(moves, plan) }
    for (const notice of plan.due) if (plant(moves, notice)) recorded.planned += 1
    showRound(ledger, plan)
    ledger.setMeta('round', String(at))
    return recorded
  })
}

/** What waits and is owed no more: something newer stands for it, or nobody is to be told any more. */
function reconcile(moves: Change, plan: Plan): { superseded: number; suppressed: number } {
  const { ledger } = moves
  const owed = new Set<string>()
  const newer = new Set<string>()
  for (const notice of [...plan.due, ...plan.held.map(({ notice }) => notice)]) {
    owed.add(notice.id)
    newer.add(`${notice.root}\n${contactKey(notice.customer, notice.address)}`)
  }
  const present = new Set(plan.deprecations.map(({ root }) => root))
  const counts = { superseded: 0, suppressed: 0 }
  const torn = new Set<string>()
  const waiting = ledger.all(
    `SELECT id, root, deprecation, customer, contact, letter FROM notices WHERE state IN ('planned', 'approved', 'queued', 'retry')`,
  )
  for (const row of waiting) {
    const id = text(row, 'id')
    if (owed.has(id) || isBlocked(plan, row)) continue
    const letter = textOrNone(row, 'letter')
    if (letter !== undefined) torn.add(letter)
    const root = text(row, 'root')
    if (newer.has(`${root}\n${text(row, 'contact')}`)) {
      moves.notice(id, 'superseded', 'a newer notice stands for it', null)
      counts.superseded += 1
    } else {
      const state = plan.quiet.get(`${root}\n${text(row, 'customer')}`)
      const reason = !present.has(root)
        ? 'its deprecation left the catalogue'
        : state === undefined
          ? 'no longer owed'
          : `the customer has ${state}`
      moves.notice(id, 'suppressed', reason, null)
      counts.suppressed += 1
    }
  }
  for (const letter of torn) tearUp(moves, letter, 'a notice in it is no longer owed')
  return counts
}

function isBlocked(plan: Plan, row: Row): boolean {
  return plan.blocked.has(text(row, 'deprecation')) || plan.blocked.has(text(row, 'root'))
}

/** Puts a notice in, or wakes one that had been laid aside before it was ever sent. Approved where its contact was on an approved list. */
function plant(moves: Change, notice: Notice): boolean {
  const { ledger, at } = moves
  const before = ledger.get('SELECT state FROM notices WHERE id = ?', notice.id)
  const asleep = before !== undefined && (before.state === 'suppressed' || before.state === 'superseded')
  if (before !== undefined && !asleep) return false
  const contact = contactKey(notice.customer, notice.address)
  const state = waitingState(ledger, notice.root, notice.revision, contact)
  if (asleep) {
    refresh(ledger, notice)
    ledger.run('UPDATE notices SET planned = ? WHERE id = ?', at, notice.id)
    moves.notice(notice.id, state, 'owed again', null)
    return true
  }
  const { id, kind, root, revision, customer, occurrence, deprecation, api, address, language, zone } = notice
  const stage = notice.stage === undefined ? '' : String(notice.stage)
  const sql = `INSERT INTO notices (id, kind, root, revision, customer, contact, stage, occurrence, deprecation, api,
    address, language, zone, evidence, state, reason, planned, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, '', ?, ?)`
  const identity = [id, kind, root, revision, customer, contact, stage, occurrence]
  ledger.run(sql, ...identity, deprecation, api, address, language, zone, state, at, at)
  refresh(ledger, notice)
  moves.tell(id, state, JSON.stringify([kind, root, revision, contact, stage, occurrence]))
  return true
}

/** What a notice says and cites, as of now: frozen only when its letter has left. */
export function refresh(ledger: Ledger, notice: Notice): void {
  const sql = 'UPDATE notices SET evidence = ?, sunset = ?, stands_for = ?, moved_from = ? WHERE id = ?'
  const { sunset = null, standsFor = null, movedFrom = null } = notice
  ledger.run(sql, JSON.stringify(notice.evidence), sunset, standsFor, movedFrom, notice.id)
}

/** Holds and who cannot be told are those of the last round, not a history. */
function showRound(ledger: Ledger, plan: Plan): void {
  ledger.run('DELETE FROM holds')
  ledger.run('DELETE FROM untold')
  for (const [deprecation, reason] of plan.blocked) hold(ledger, deprecation, '', '', '', reason)
  const shown = new Map<string, number>()
  for (const { notice, reason } of plan.held) {
    if (more(shown, notice.deprecation))
      hold(ledger, notice.deprecation, notice.customer, notice.address, notice.kind, reason)
  }
  shown.clear()
  for (const { deprecation, consumer, customer, reason } of plan.untold) {
    if (more(shown, deprecation))
      ledger.run(
        'INSERT INTO untold (deprecation, consumer, customer, reason) VALUES (?, ?, ?, ?)',
        deprecation,
        consumer,
        customer,
        reason,
      )
  }
}

function hold(
  ledger: Ledger,
  deprecation: string,
  customer: string,
  address: string,
  kind: string,
  reason: string,
): void {
  ledger.run(
    'INSERT INTO holds (deprecation, customer, address, kind, reason) VALUES (?, ?, ?, ?, ?)',
    deprecation,
    customer,
    address,
    kind,
    reason,
  )
}

function more(shown: Map<string, number>, deprecation: string): boolean {
  const count = (shown.get(deprecation) ?? 0) + 1
  shown.set(deprecation, count)
  return count <= SHOWN
}

/** When the last round ended, milliseconds UTC; 0 before the first. */
export function lastRound(ledger: Ledger): number {
  const row = ledger.get(`SELECT CAST(value AS INTEGER) AS at FROM meta WHERE name = 'round'`)
  return row === undefined ? 0 : number(row, 'at')
}
