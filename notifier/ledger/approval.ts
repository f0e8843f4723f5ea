import { hash } from 'node:crypto'
import { LcError } from '../../services/domain/errors.ts'
import { appendCommand } from './commands.ts'
import type { Ledger } from './ledger.ts'
import { number, text, textOrNone } from './row.ts'

/** The list a person is shown before a campaign goes: who would get letters about one deprecation at its present date. */
export interface ApprovalList {
  readonly deprecation: string
  readonly root: string
  readonly revision: number
  readonly sunset: string | undefined
  readonly recipients: readonly {
    readonly customer: string
    readonly address: string
    readonly kind: string
    readonly stage: string
  }[]
  /** Of exactly this list: another list has another digest. */
  readonly digest: string
}

/**
 * What waits for approval under a deprecation. An approved contact gets the later letters of the same date too; a new
 * contact, or a moved date, waits for the next approval.
 * @throws LcError LC_APPROVE_UNKNOWN when the ledger knows no such deprecation.
 */
export function approvalList(ledger: Ledger, deprecation: string): ApprovalList {
  const row = ledger.get('SELECT root, revision, sunset FROM deprecations WHERE id = ?', deprecation)
  if (row === undefined) {
    const known = ledger.all('SELECT id FROM deprecations ORDER BY id LIMIT 10').map(one => text(one, 'id'))
    throw new LcError(
      'LC_APPROVE_UNKNOWN',
      `Nothing was planned for "${deprecation}".`,
      `Run \`lastcall notify --once\` first (it plans), or name one the ledger knows: ${known.join(', ')}.`,
      2,
    )
  }
  const root = text(row, 'root')
  const revision = number(row, 'revision')
  const sunset = textOrNone(row, 'sunset')
  const sql = `SELECT customer, address, contact, kind, stage FROM notices WHERE root = ? AND revision = ? AND state = 'planned' ORDER BY contact`
  const recipients = ledger.all(sql, root, revision).map(one => ({
    customer: text(one, 'customer'),
    address: text(one, 'address'),
    kind: text(one, 'kind'),
    stage: text(one, 'stage'),
  }))
  const digest = hash('sha256', JSON.stringify([root, revision, sunset ?? '', recipients])).slice(0, 16)
  return { deprecation, root, revision, sunset, recipients, digest }
}

/**
 * Lets a campaign go, as it was shown. Gives the list that was approved.
 * @throws LcError LC_APPROVE_CHANGED when the list is another one by now, LC_APPROVE_CAP when it is longer than `cap`.
 */
export function approve(ledger: Ledger, deprecation: string, digest: string, cap: number, at: number): ApprovalList {
  return ledger.transaction(() => {
    const list = approvalList(ledger, deprecation)
    if (list.digest !== digest) {
      throw new LcError(
        'LC_APPROVE_CHANGED',
        `The list for "${deprecation}" is not the one you saw (${digest}); it is ${list.digest} now.`,
        `Look again: lastcall approve ${deprecation}`,
        2,
      )
    }
    const addresses = new Set(list.recipients.map(({ address }) => address.toLowerCase())).size
    if (addresses > cap) {
      throw new LcError(
        'LC_APPROVE_CAP',
        `The list has ${addresses} recipients; mail.recipient-cap allows ${cap}.`,
        'If that many are meant, raise mail.recipient-cap in the configuration.',
        2,
      )
    }
    const contacts = list.recipients.map(({ customer, address }) => `${customer}\n${address.toLowerCase()}`)
    appendCommand(
      ledger,
      { kind: 'approve', root: list.root, revision: list.revision, digest, contacts: [...new Set(contacts)] },
      at,
    )
    return list
  })
}
