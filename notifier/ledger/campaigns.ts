import { type Campaign, NOTICE_STATES, type NoticeState } from '../../services/domain/notice.ts'
import type { Ledger } from './ledger.ts'
import { number, text, word } from './row.ts'

const STATES = `SELECT n.deprecation AS deprecation, d.revision AS revision, n.state AS state, count(*) AS n
  FROM notices n JOIN deprecations d ON d.id = n.deprecation GROUP BY n.deprecation, n.state ORDER BY n.deprecation`
const RECIPIENTS = `SELECT deprecation, count(DISTINCT contact) AS n FROM notices WHERE state NOT IN ('suppressed', 'superseded') GROUP BY deprecation`
const WAITING = `SELECT deprecation, count(DISTINCT contact) AS n FROM notices WHERE state = 'planned' GROUP BY deprecation`

/** How far each deprecation's letters are; counted again only when the ledger has changed since. */
export function campaignsOf(ledger: Ledger): () => readonly Campaign[] {
  let version = -1
  let counted: readonly Campaign[] = []
  return () => {
    const now = ledger.version()
    if (now !== version) counted = count(ledger)
    version = now
    return counted
  }
}

function count(ledger: Ledger): readonly Campaign[] {
  const recipients = byDeprecation(ledger, RECIPIENTS)
  const waiting = byDeprecation(ledger, WAITING)
  const found = new Map<string, Campaign & { readonly states: Map<NoticeState, number> }>()
  for (const row of ledger.all(STATES)) {
    const deprecation = text(row, 'deprecation')
    let campaign = found.get(deprecation)
    if (campaign === undefined) {
      const of = { recipients: recipients.get(deprecation) ?? 0, waiting: waiting.get(deprecation) ?? 0 }
      campaign = { deprecation, revision: number(row, 'revision'), ...of, states: new Map() }
      found.set(deprecation, campaign)
    }
    campaign.states.set(word(row, 'state', NOTICE_STATES), number(row, 'n'))
  }
  return [...found.values()]
}

function byDeprecation(ledger: Ledger, sql: string): ReadonlyMap<string, number> {
  return new Map(ledger.all(sql).map(row => [text(row, 'deprecation'), number(row, 'n')]))
}
