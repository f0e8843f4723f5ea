import { didYouMean } from '../did-you-mean.ts'
import { fault, warning } from '../findings.ts'
import type { CustomerBook } from './book.ts'
import { type CsvRow, parseCsv } from './csv.ts'

const COLUMNS = ['customer', 'consumer', 'contact', 'role', 'language', 'zone', 'tags'] as const
type Column = (typeof COLUMNS)[number]

/**
 * Reads rows of customer, consumer, contact, role, language, zone, tags; the header row names the columns, in any
 * order, of which only `customer` must be there. A row says one consumer, one contact, or both; tags are parted by
 * ";" or spaces. Every bad row is a finding with its line: a file cut in half shows as a row that is too short.
 */
export function readCustomersCsv(file: string, text: string, book: CustomerBook): void {
  const { rows, brokenAt, openEnd } = parseCsv(text)
  const [header, ...data] = rows
  const columns = header === undefined ? undefined : readHeader(file, header, book)
  if (header === undefined)
    book.findings.push(
      fault({ file, line: 1 }, 'LC_CSV_HEADER', 'the file is empty', `Write the header row: ${COLUMNS.join(',')}.`),
    )
  if (columns !== undefined) for (const row of data) readRow(file, row, columns, book)
  if (brokenAt !== undefined) {
    book.findings.push(
      fault(
        { file, line: brokenAt },
        'LC_CSV_QUOTE',
        'a quoted field is not closed, or goes on after its quote',
        'Close it with one ", and write a quote inside it as "".',
      ),
    )
  } else if (openEnd) {
    book.findings.push(
      warning(
        { file, line: rows.at(-1)?.line ?? 1 },
        'LC_CSV_OPEN_END',
        'the file does not end with a line break: it may have been cut',
        'End its last row with a line break.',
      ),
    )
  }
}

function readHeader(
  file: string,
  { line, cells }: CsvRow,
  book: CustomerBook,
): ReadonlyMap<Column, number> | undefined {
  const columns = new Map<Column, number>()
  const before = book.findings.length
  for (const [index, cell] of cells.entries()) {
    const name = cell.trim().toLowerCase()
    const column = COLUMNS.find(known => known === name)
    if (column === undefined)
      book.findings.push(
        fault(
          { file, line },
          'LC_CSV_HEADER',
          `unknown column "${cell.slice(0, 80)}".${didYouMean(name, COLUMNS)}`,
          `Columns are ${COLUMNS.join(', ')}.`,
        ),
      )
    else if (columns.has(column))
      book.findings.push(
        fault({ file, line }, 'LC_CSV_HEADER', `the column "${column}" stands there twice`, 'Keep one.'),
      )
    else columns.set(column, index)
  }
  if (!columns.has('customer') && book.findings.length === before)
    book.findings.push(
      fault({ file, line }, 'LC_CSV_HEADER', 'the column "customer" is missing', `Columns are ${COLUMNS.join(', ')}.`),
    )
  return book.findings.length === before ? columns : undefined
}

function readRow(
  file: string,
  { line, cells }: CsvRow,
  columns: ReadonlyMap<Column, number>,
  book: CustomerBook,
): void {
  const place = { file, line }
  if (cells.length !== columns.size) {
    book.findings.push(
      fault(
        place,
        'LC_CSV_ROW',
        `the row has ${cells.length} of ${columns.size} columns`,
        cells.length < columns.size
          ? 'Complete it; if it is the last row, the file was cut.'
          : 'Quote a field that has a comma in it.',
      ),
    )
    return
  }
  const cell = (column: Column): string => withoutBlanks(cells[columns.get(column) ?? -1] ?? '')
  const customer = book.customer(cell('customer'), place)
  if (customer === undefined) return
  if (cell('consumer') !== '') book.consumer(customer, cell('consumer'), place)
  if (cell('contact') !== '')
    book.contact(
      customer,
      { address: cell('contact'), role: cell('role'), language: cell('language'), zone: cell('zone') },
      place,
    )
  for (const tag of cell('tags').split(/[; ]+/)) if (tag !== '') book.tag(customer, tag, place)
}

/** Takes off spaces and tabs at both ends; a line break is kept, to be refused. */
function withoutBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09
