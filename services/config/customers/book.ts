import type { Contact, Customer, Customers, Finding, Place } from '../../domain/catalogue.ts'
import { IDENTITY_KINDS } from '../../domain/raw-call.ts'
import { isZone } from '../build/dates.ts'
import { didYouMean } from '../did-you-mean.ts'
import type { Claim } from '../draft.ts'
import { fault, quoted } from '../findings.ts'
import { addressFault } from './address.ts'

/** One contact as written; '' where a cell is empty. */
export interface ContactCells {
  readonly address: string
  readonly role: string
  readonly language: string
  readonly zone: string
}

const ROLES = ['developer', 'owner', 'account-manager'] as const
const KINDS: ReadonlySet<string> = new Set(IDENTITY_KINDS)

interface Page {
  readonly consumers: Set<string>
  readonly contacts: Map<string, Contact>
  readonly tags: Set<string>
}

/** Collects customers from rows and lists alike. Every bad cell is a finding at its place; the loader then keeps nothing. */
export class CustomerBook {
  readonly findings: Finding[] = []
  readonly #pages = new Map<string, Page>()
  readonly #owners = new Map<string, { readonly customer: string; readonly place: Place }>()

  /** The customer's page, made when new; undefined (and a finding) when the id is none. */
  customer(id: string, place: Place): string | undefined {
    if (id === '' || id.length > 200 || CONTROL.test(id)) {
      this.#fault(
        place,
        'LC_CUSTOMER',
        id === '' ? 'no customer is named' : `${quoted(id)} is no customer id`,
        'Give an id of one line, at most 200 characters.',
      )
      return undefined
    }
    if (!this.#pages.has(id)) this.#pages.set(id, { consumers: new Set(), contacts: new Map(), tags: new Set() })
    return id
  }

  consumer(customer: string, consumer: string, place: Place): void {
    const [realm = '', kind = '', ...value] = consumer.split(':')
    if (realm === '' || !KINDS.has(kind) || value.join(':') === '' || consumer.length > 500 || CONTROL.test(consumer)) {
      this.#fault(
        place,
        'LC_CONSUMER',
        `${quoted(consumer)} is no consumer id`,
        `Write realm:kind:value, the kind one of ${IDENTITY_KINDS.join(', ')}; \`lastcall digest\` makes one of a key.`,
      )
      return
    }
    const owner = this.#owners.get(consumer)
    if (owner !== undefined && owner.customer !== customer) {
      this.#fault(
        place,
        'LC_CONSUMER_TWICE',
        `${quoted(consumer)} is of customer ${quoted(customer)} here and of ${quoted(owner.customer)} in ${owner.place.file}:${owner.place.line}`,
        'A consumer belongs to one customer: keep one of the two.',
      )
      return
    }
    this.#owners.set(consumer, { customer, place })
    this.#pages.get(customer)?.consumers.add(consumer)
  }

  contact(customer: string, cells: ContactCells, place: Place): void {
    const wrong = addressFault(cells.address)
    if (wrong !== undefined)
      this.#fault(
        place,
        'LC_CONTACT_ADDRESS',
        `${quoted(cells.address)} is no address: ${wrong}`,
        'Mend it, or leave the contact out.',
      )
    const role = cells.role === '' ? 'developer' : ROLES.find(known => known === cells.role)
    if (role === undefined)
      this.#fault(
        place,
        'LC_CONTACT_ROLE',
        `unknown role ${quoted(cells.role)}.${didYouMean(cells.role, ROLES)}`,
        `It should be one of ${ROLES.join(', ')}.`,
      )
    const language = cells.language === '' ? 'en' : canonicalLanguage(cells.language)
    if (language === undefined)
      this.#fault(
        place,
        'LC_CONTACT_LANGUAGE',
        `${quoted(cells.language)} is no language`,
        'Write a BCP 47 tag, such as en or de-AT.',
      )
    const zone = cells.zone === '' ? 'UTC' : cells.zone
    if (!isZone(zone))
      this.#fault(place, 'LC_ZONE', `${quoted(zone)} is no time zone`, 'Write an IANA name, such as Europe/Berlin.')
    if (wrong !== undefined || role === undefined || language === undefined || !isZone(zone)) return
    const contacts = this.#pages.get(customer)?.contacts
    const key = `${role} ${cells.address.toLowerCase()}`
    if (contacts?.has(key) === false) contacts.set(key, { address: cells.address, role, language, zone })
  }

  tag(customer: string, tag: string, place: Place): void {
    if (tag.length <= 100 && !CONTROL.test(tag)) this.#pages.get(customer)?.tags.add(tag)
    else this.#fault(place, 'LC_CUSTOMER', `${quoted(tag)} is no tag`, 'Write a word of at most 100 characters.')
  }

  claims(): readonly Claim[] {
    return [...this.#owners].map(([consumer, { place }]) => ({ consumer, place }))
  }

  /** Everything collected. Meant to be used only when no finding is an error. */
  customers(): Customers {
    const byId = new Map<string, Customer>()
    for (const [id, page] of this.#pages)
      byId.set(id, { id, consumers: [...page.consumers], contacts: [...page.contacts.values()], tags: [...page.tags] })
    const byConsumer = new Map([...this.#owners].map(([consumer, owner]) => [consumer, owner.customer]))
    return { byId, byConsumer, findings: this.findings }
  }

  #fault(place: Place, code: `LC_${string}`, message: string, todo: string): void {
    this.findings.push(fault(place, code, message, todo))
  }
}

const CONTROL = /[\u0000-\u001f\u007f]/

const languages = new Map<string, string | undefined>()

function canonicalLanguage(tag: string): string | undefined {
  if (languages.has(tag)) return languages.get(tag)
  let canonical: string | undefined
  try {
    canonical = Intl.getCanonicalLocales(tag)[0]
  } catch {
    canonical = undefined
  }
  if (languages.size < 1_000) languages.set(tag, canonical)
  return canonical
}
