import { CHAIN_START, sealOf } from './events.ts'
import type { Ledger } from './ledger.ts'
import { number, type Row, text } from './row.ts'

export interface Verdict {
  readonly events: number
  /** What does not agree, at most 20. */
  readonly faults: readonly string[]
  /** The last seal: kept elsewhere, it shows a log cut short. */
  readonly head: string
}

/**
 * Recomputes the chain and holds it against the rows: each notice and letter must be in the state its last event names.
 * `kept` is a head noted down earlier: it must still be in the chain.
 */
export function verifyLedger(ledger: Ledger, kept?: string): Verdict {
  return ledger.transaction(() => {
    const faults: string[] = []
    const states = new Map<string, string>()
    let head = CHAIN_START
    let events = 0
    let found = kept === undefined || kept === CHAIN_START
    for (const row of ledger.each('SELECT seq, at, subject, state, detail, hash FROM events ORDER BY seq')) {
      events += 1
      head = checkEvent(row, head, events, faults)
      found ||= head === kept
      states.set(text(row, 'subject'), text(row, 'state'))
    }
    if (!found) faults.push(`the head ${kept ?? ''} is not in the log: it was cut short or written anew`)
    checkRows(ledger, 'notices', states, faults)
    checkRows(ledger, 'letters', states, faults)
    for (const id of states.keys())
      if (/^[nl][0-9a-f]{24}$/.test(id)) faults.push(`${id}: an event tells of it, its row is gone`)
    return { events, faults: faults.slice(0, 20), head }
  })
}

function checkRows(ledger: Ledger, table: 'notices' | 'letters', states: Map<string, string>, faults: string[]): void {
  for (const row of ledger.each(`SELECT id, state FROM ${table}`)) {
    const id = text(row, 'id')
    const logged = states.get(id)
    if (logged === undefined) faults.push(`${id}: no event tells of it`)
    else if (logged !== text(row, 'state'))
      faults.push(`${id}: is ${text(row, 'state')}, its last event says ${logged}`)
    states.delete(id)
  }
}

function checkEvent(row: Row, before: string, expected: number, faults: string[]): string {
  const seq = number(row, 'seq')
  if (seq !== expected) faults.push(`event ${expected}: is missing`)
  const seal = sealOf(before, seq, number(row, 'at'), text(row, 'subject'), text(row, 'state'), text(row, 'detail'))
  if (seal !== text(row, 'hash')) faults.push(`event ${seq}: its seal does not fit`)
  return text(row, 'hash')
}
