import type { TextFormat } from '../format.ts'
import { apacheDirective } from './apache-directives.ts'
import { assemble } from './assemble.ts'
import { type Field, SKIP, syntaxFault, type Token } from './field.ts'
import { checkSize, type Pasted, placeOf, plain, wordAt } from './pasted.ts'
import { LineReader } from './read-line.ts'

/**
 * Compiles a user's own Apache layout to a format: the directive (`LogFormat "%h %l %u …" name`, `CustomLog file "…"`) or the
 * format string alone. `%t` is the request's start unless it says `end:`. (httpd.apache.org, mod_log_config.)
 * Throws LC_LAYOUT_SYNTAX, LC_LAYOUT_UNKNOWN, LC_LAYOUT_AMBIGUOUS or LC_LAYOUT_INCOMPLETE, each with the character it means.
 */
export function apacheLogFormat(layout: string): TextFormat {
  checkSize(layout)
  const read = tokens(formatString(layout))
  const times = read.filter(isTime)
  const best = times.reduce<Time | undefined>(
    (one, other) => (one !== undefined && one.rank >= other.rank ? one : other),
    undefined,
  )
  const reader = new LineReader(assemble(read), 'log', best?.moment ?? 'start')
  return {
    kind: 'text',
    name: 'apache-log-format',
    title: 'Apache, own LogFormat',
    recognises: line => reader.fits(line),
    parse: (line, context) => reader.read(line, context),
  }
}

type Time = Field & { readonly moment: 'start' | 'end' }
function isTime(token: Token): token is Time {
  return 'meaning' in token && 'moment' in token && token.moment !== undefined
}

/** The quoted string of a directive; what is no directive is the string itself, in which `\"` still is a quote. */
function formatString(layout: string): Pasted {
  const first = wordAt(layout, 0)
  if (first === undefined) throw syntaxFault(1, 'it is empty')
  if (first.quoted) return first
  const isDirective = first.text === 'LogFormat' || first.text === 'CustomLog' || first.text === 'TransferLog'
  if (!isDirective) return unquoted(plain(layout, 0, layout.trimEnd().length))
  for (let word = wordAt(layout, first.end); word !== undefined; word = wordAt(layout, word.end))
    if (word.quoted && word.text.includes('%')) return word
  throw syntaxFault(first.end + 1, `${first.text} has no format string in quotes`)
}

function unquoted(pasted: Pasted): Pasted {
  let text = ''
  const places: number[] = []
  for (let i = 0; i < pasted.text.length; i++) {
    if (pasted.text[i] === '\\' && pasted.text[i + 1] === '"') i++
    text += pasted.text[i]
    places.push(placeOf(pasted, i))
  }
  return { text, places }
}

function tokens(pasted: Pasted): Token[] {
  const { text } = pasted
  const out: Token[] = []
  let literal = ''
  let at = 0
  while (at < text.length) {
    if (text[at] === '\\' && text[at + 1] === 't') {
      literal += '\t'
      at += 2
    } else if (text[at] !== '%') literal += text[at++]
    else if (text[at + 1] === '%') {
      literal += '%'
      at += 2
    } else {
      const { field, end } = fieldAt(pasted, at)
      // `%t` alone writes its brackets itself.
      const bracketed = field.meaning.of === 'clf'
      out.push({ literal: bracketed ? `${literal}[` : literal }, field)
      literal = bracketed ? ']' : ''
      at = end
    }
  }
  out.push({ literal })
  return out
}

/** `%`, then status conditions (`!200,304`), `<` or `>`, an argument in braces and a letter, in any order but the last. */
function fieldAt(pasted: Pasted, from: number): { field: Field; end: number } {
  const { text } = pasted
  const place = placeOf(pasted, from)
  let at = from + 1
  let final = false
  let argument = ''
  let argumentAt = place
  for (let character = text[at]; character !== undefined; character = text[at]) {
    if (character === '{') {
      const close = text.indexOf('}', at)
      if (close === -1) throw syntaxFault(placeOf(pasted, at), 'this { is never closed')
      argument = text.slice(at + 1, close)
      argumentAt = placeOf(pasted, at + 1)
      at = close + 1
    } else if (character === '^') {
      // `%^FB` and `%{name}^ti`: the first byte's time and trailers, in two letters.
      const written = text.slice(from, at + 3)
      return { field: { meaning: SKIP, rank: 1, written, at: place }, end: at + 3 }
    } else if (character === '>' || CONDITION.includes(character)) {
      final ||= character === '>'
      at++
    } else {
      const written = text.slice(from, at + 1)
      return { field: { ...apacheDirective(character, argument, final, argumentAt), written, at: place }, end: at + 1 }
    }
  }
  throw syntaxFault(place, 'a % without a directive')
}
const CONDITION = '<!,0123456789'
