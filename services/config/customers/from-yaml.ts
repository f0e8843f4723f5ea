import { judge, type Raw } from '../item.ts'
import { customerSchema } from '../schema/customer.ts'
import type { CustomerBook } from './book.ts'

/** Reads customers written as a list in YAML; the rules for each value are those of the CSV. */
export function readCustomersYaml(raws: readonly Raw[], book: CustomerBook): void {
  for (const raw of raws) {
    const item = judge(customerSchema, raw, book.findings)
    if (item === undefined) continue
    const { value, at } = item
    const customer = book.customer(value.id, at('id'))
    if (customer === undefined) continue
    for (const [index, consumer] of value.consumers.entries()) book.consumer(customer, consumer, at('consumers', index))
    for (const [index, { address, role = '', language = '', zone = '' }] of value.contacts.entries()) {
      book.contact(customer, { address, role, language, zone }, at('contacts', index))
    }
    for (const [index, tag] of value.tags.entries()) book.tag(customer, tag, at('tags', index))
  }
}
