import { syntaxFault } from './field.ts'

/** Text of a layout with, for each of its characters, the place it has in what was pasted (from 1): faults point there. */
export interface Pasted {
  readonly text: string
  readonly places: readonly number[]
}

const MOST_CHARACTERS = 16_384

/** Refuses what no configuration holds. Throws LC_LAYOUT_SYNTAX. */
export function checkSize(layout: string): void {
  if (layout.trim() === '') throw syntaxFault(1, 'it is empty')
  if (layout.length > MOST_CHARACTERS) throw syntaxFault(MOST_CHARACTERS, 'it is longer than any configuration')
}

/** The place of a character of `pasted.text`; behind the end, one more than the last. */
export function placeOf(pasted: Pasted, index: number): number {
  return pasted.places[index] ?? (pasted.places.at(-1) ?? 0) + 1
}

/** `layout[from, to)` as it stands. */
export function plain(layout: string, from = 0, to: number = layout.length): Pasted {
  const places: number[] = []
  for (let i = from; i < to; i++) places.push(i + 1)
  return { text: layout.slice(from, to), places }
}

/** One word of a configuration: quoted, with its escapes undone, or up to the next blank. */
export interface Word extends Pasted {
  readonly quoted: boolean
  /** Where reading goes on. */
  readonly end: number
}

/**
 * Reads the word at `from`, blanks and line ends before it passed over; undefined at the end. `\"`, `\'`, `\\`, `\#`
 * and `\ ` are the second character, `\t` is a tab; before any other character a backslash stays.
 * Throws LC_LAYOUT_SYNTAX for a quote that is never closed.
 */
export function wordAt(layout: string, from: number): Word | undefined {
  let at = from
  while (isBlank(layout.charCodeAt(at))) at++
  if (at >= layout.length) return undefined
  const quote = layout.charCodeAt(at)
  const quoted = quote === 0x22 || quote === 0x27
  const opened = at
  if (quoted) at++
  let text = ''
  const places: number[] = []
  while (at < layout.length) {
    const code = layout.charCodeAt(at)
    if (quoted ? code === quote : isBlank(code)) return { text, places, quoted, end: quoted ? at + 1 : at }
    const escaped = code === 0x5c ? layout[at + 1] : undefined
    const isTab = escaped === 't'
    if (isTab || (escaped !== undefined && TAKEN.includes(escaped))) at++
    text += isTab ? '\t' : layout[at]
    places.push(at + 1)
    at++
  }
  if (quoted) throw syntaxFault(opened + 1, 'this quote is never closed')
  return { text, places, quoted, end: at }
}

const TAKEN = '"\'\\ #'

/** Words joined as one text, as nginx joins the strings of a `log_format`. */
export function concat(words: readonly Pasted[]): Pasted {
  return { text: words.map(word => word.text).join(''), places: words.flatMap(word => word.places) }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d
}
