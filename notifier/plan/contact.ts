import { hash } from 'node:crypto'
import type { Contact, Customer } from '../../services/domain/catalogue.ts'
import type { NoticeKind } from '../../services/domain/notice.ts'

/** A contact is (customer, address compared without case), whatever its rows and roles (design §9). */
export function contactKey(customer: string, address: string): string {
  return `${customer}\n${address.toLowerCase()}`
}

/** A customer's contacts, one per address; the first row of an address gives its language and zone. */
export function contactsOf(customer: Customer): readonly Contact[] {
  if (customer.contacts.length < 2) return customer.contacts
  const byAddress = new Map<string, Contact>()
  for (const contact of customer.contacts) {
    const key = contact.address.toLowerCase()
    if (!byAddress.has(key)) byAddress.set(key, contact)
  }
  return [...byAddress.values()]
}

/** What makes a notice unique, and nothing else. */
export interface NoticeIdentity {
  readonly kind: NoticeKind
  readonly root: string
  readonly revision: number
  readonly customer: string
  readonly address: string
  readonly stage: number | undefined
  readonly occurrence: number
}

/** The notice's public name: the same facts give the same id, in any process, on any day. */
export function noticeId(of: NoticeIdentity): string {
  const { kind, root, revision, stage = '', occurrence, customer, address } = of
  return `n${hash('sha256', `${kind}\n${root}\n${revision}\n${stage}\n${occurrence}\n${contactKey(customer, address)}`).slice(0, 24)}`
}
