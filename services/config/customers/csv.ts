/** One record of a CSV text and the line it begins on. */
export interface CsvRow {
  readonly line: number
  readonly cells: readonly string[]
}

export interface Csv {
  readonly rows: readonly CsvRow[]
  /** Line of a quote that is never closed, or is closed in the middle of a field: nothing after it can be trusted. */
  readonly brokenAt: number | undefined
  /** The text ends in the middle of a line: it may have been cut. */
  readonly openEnd: boolean
}

const QUOTE = 0x22
const COMMA = 0x2c
const LF = 0x0a
const CR = 0x0d

/** Splits a CSV text (RFC 4180; line ends LF or CRLF, a byte order mark is skipped). Blank lines are no rows. */
export function parseCsv(text: string): Csv {
  const rows: CsvRow[] = []
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let line = 1
  while (at < text.length) {
    const cells: string[] = []
    const began = line
    for (;;) {
      const field = text.charCodeAt(at) === QUOTE ? quotedField(text, at) : plainField(text, at)
      if (field === undefined) return { rows, brokenAt: began, openEnd: true }
      cells.push(field.value)
      line += field.lines
      at = field.end
      if (text.charCodeAt(at) !== COMMA) break
      at++
    }
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: began, cells })
    if (text.charCodeAt(at) === CR) at++
    if (text.charCodeAt(at) === LF) at++
    line++
  }
  const last = text.charCodeAt(text.length - 1)
  return { rows, brokenAt: undefined, openEnd: text.length > 0 && last !== LF && last !== CR }
}

interface Field {
  readonly value: string
  readonly end: number
  readonly lines: number
}

function plainField(text: string, start: number): Field {
  let end = start
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === COMMA || code === LF || (code === CR && (text.charCodeAt(end + 1) === LF || end + 1 === text.length)))
      break
  }
  return { value: text.slice(start, end), end, lines: 0 }
}

function quotedField(text: string, start: number): Field | undefined {
  let value = ''
  let from = start + 1
  for (;;) {
    const quote = text.indexOf('"', from)
    if (quote < 0) return undefined
    value += text.slice(from, quote)
    if (text.charCodeAt(quote + 1) !== QUOTE) {
      const after = text.charCodeAt(quote + 1)
      const ends = Number.isNaN(after) || after === COMMA || after === LF || after === CR
      return ends ? { value, end: quote + 1, lines: value.split('\n').length - 1 } : undefined
    }
    value += '"'
    from = quote + 2
  }
}
