import type { Api, Contact, Customer, Customers, Deprecation } from '../../services/domain/catalogue.ts'
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
  /**
   * All customers of an API: those that were ever seen on it. A tag `api:NAME` decides instead, where a customer has
   * one; and where the catalogue has one API only, everybody in the file is its customer.
   */
  *customersOf(api: string, seen: ReadonlySet<string>, onlyOne: boolean): Generator<Customer> {
    for (const customer of this.#customers.byId.values()) {
      const apis = customer.tags.filter(tag => tag.startsWith('api:'))
      if (apis.length > 0 ? apis.includes(`api:${api}`) : onlyOne || seen.has(customer.id)) yield customer
    }
  }
}

/** Addresses are checked when the customers are read; one that could break a header reaches nobody here either. */
function isOneLine(address: string): boolean {
  return address.includes('@') && !/[\u0000-\u001f\u007f]/.test(address)
}

/** The policy says so, or nobody can see in a log who uses it (a field, an error code). */
export function tellsAll({ thing }: Deprecation, { policy }: Api): boolean {
  const unseen = thing.kind === 'field' || thing.kind === 'error-code'
  return policy.announcement === 'all-customers' || (policy.announcement === 'callers' && unseen)
}
