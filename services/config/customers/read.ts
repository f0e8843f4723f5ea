import type { Draft } from '../draft.ts'
import { type Raw, rawItems } from '../item.ts'
import { CSV_BYTES, type Reader } from '../reader.ts'
import { customersSchema } from '../schema/customer.ts'
import { shaped, shapeFaults } from '../shape.ts'
import { CustomerBook } from './book.ts'
import { readCustomersCsv } from './from-csv.ts'
import { readCustomersYaml } from './from-yaml.ts'

/** All customers of all `customers` sections. Its findings stand in the value and are told to the reader too. */
export async function readCustomers(
  sections: readonly Raw[],
  reader: Reader,
): Promise<Pick<Draft, 'customers' | 'claims'>> {
  const book = new CustomerBook()
  for (const section of sections) await readSection(section, reader, book)
  for (const finding of book.findings) reader.findings.push(finding)
  return { customers: book.customers(), claims: book.claims() }
}

async function readSection({ value, text, path }: Raw, reader: Reader, book: CustomerBook): Promise<void> {
  const place = text.place(path)
  const read = shaped(customersSchema, value)
  if (read === undefined) book.findings.push(...shapeFaults(customersSchema, value, text, path))
  else if (Array.isArray(read)) readCustomersYaml(rawItems(text, path, read), book)
  else {
    const files =
      'file' in read
        ? [reader.resolve(place.file, read.file)]
        : (await Promise.all(read.files.map(pattern => reader.glob(pattern, place)))).flat()
    for (const file of new Set(files)) await readFile(file, { value, text, path }, reader, book)
  }
}

async function readFile(file: string, from: Raw, reader: Reader, book: CustomerBook): Promise<void> {
  const place = from.text.place(from.path)
  if (/\.(ya?ml|json)$/.test(file)) {
    const yaml = await reader.readYaml(file, place)
    if (yaml === undefined) return
    const list: Raw = { value: yaml.value, text: yaml, path: [] }
    if (Array.isArray(yaml.value)) readCustomersYaml(rawItems(yaml, [], yaml.value), book)
    else book.findings.push(...shapeFaults(customersSchema, list.value, yaml))
  } else {
    const csv = await reader.readText(file, place, CSV_BYTES)
    if (csv !== undefined) readCustomersCsv(file, csv, book)
  }
}
