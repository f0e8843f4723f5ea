import type { Contact, Customer, Customers } from '../../services/domain/catalogue.ts'
import { contactsOf } from './contact.ts'

/** Who can be reached at a customer, worked out once per plan. */
export class Audience {
  readonly #customers: Customers
  readonly #contacts = new Map<string, readonly Contact[]>()
  constructor(customers: Customers) {
    this.#customers = customers
  }
  contacts(customer: string): readonly Contact[] {
    const known = this.#contacts.get(customer)
    if (known !== undefined) return known
    const found = this.#customers.byId.get(customer)
    const contacts = found === undefined ? [] : contactsOf(found).filter(({ address }) => isOneLine(address))
    this.#contacts.set(customer, contacts)
    return contacts
  }
  /** All customers of an API: those in the file, except where a tag `api:NAME` says they use other APIs only. */
  *customersOf(api: string): Generator<Customer> {
    for (const customer of this.#customers.byId.values()) {
      const apis = customer.tags.filter(tag => tag.startsWith('api:'))
      if (apis.length === 0 || apis.includes(`api:${api}`)) yield customer
    }
  }
}

/** Addresses are checked when the customers are read; one that could break a header reaches nobody here either. */
function isOneLine(address: string): boolean {
  return address.includes('@') && !/[\u0000-\u001f\u007f]/.test(address)
}
