import type { TextFormat } from '../format.ts'
import { assemble } from './assemble.ts'
import { type Field, syntaxFault, type Token, unknownFault, unsupportedFault } from './field.ts'
import { type Captures, haproxyAlias, haproxySample } from './haproxy-aliases.ts'
import { checkSize, type Pasted, placeOf, plain, wordAt } from './pasted.ts'
import { LineReader } from './read-line.ts'

const HTTP =
  '%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r'
const CLF =
  '%{+Q}o %{-Q}ci - - [%trg] %r %ST %B "" "" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl'

/**
 * Compiles a user's own HAProxy layout to a format. Taken is the format string alone, or lines of haproxy.cfg as they
 * stand: `log-format …`, `option httplog`, `option httpslog`, `option httplog clf`, and the `capture request header` and
 * `capture response header` lines, which give the columns of `{…|…}` their names. Times are starts.
 * (configuration manual, 8.2.6 and "capture request header".)
 * Throws LC_LAYOUT_SYNTAX, LC_LAYOUT_UNKNOWN, LC_LAYOUT_UNSUPPORTED, LC_LAYOUT_AMBIGUOUS or LC_LAYOUT_INCOMPLETE.
 */
export function haproxyLogFormat(layout: string): TextFormat {
  checkSize(layout)
  const { format, captures } = configuration(layout)
  const reader = new LineReader(assemble(tokens(format, captures)), 'hash', 'start')
  return {
    kind: 'text',
    name: 'haproxy-log-format',
    title: 'HAProxy, own log-format',
    recognises: line => reader.fits(message(line)),
    parse: (line, context) => reader.read(message(line), context),
  }
}

/** A line without the syslog header a file may carry: `Nov 22 03:23:24 edge haproxy[31625]: `. */
function message(line: string): string {
  const tag = line.indexOf(' haproxy[')
  if (tag === -1 || tag > 120) return line
  const end = line.indexOf(']: ', tag)
  return end === -1 || end > tag + 24 ? line : line.slice(end + 3)
}

function configuration(layout: string): { format: Pasted; captures: Captures } {
  const request: string[] = []
  const response: string[] = []
  let format: Pasted | undefined
  let from = 0
  for (const line of layout.split('\n')) {
    const words = line.trim().split(/[ \t]+/, 5)
    if (words[0] === 'capture' && words[2] === 'header') {
      const names = words[1] === 'response' ? response : request
      names.push(words[3] ?? '')
    } else if (words[0] === 'option' && (words[1] === 'httplog' || words[1] === 'httpslog'))
      format = plain(words[2] === 'clf' ? CLF : HTTP)
    else if (words[0] === 'log-format')
      format = valueAt(layout, from + line.indexOf('log-format') + 10, from + line.length)
    else if (line.trim() !== '' && format === undefined) format = valueAt(layout, from, from + line.length)
    from += line.length + 1
  }
  if (format === undefined) throw syntaxFault(1, 'it has no log-format, option httplog or format string')
  return { format, captures: { request, response } }
}

/** The value of a directive: one quoted word, or everything to the line's end with its blanks escaped or not. */
function valueAt(layout: string, from: number, to: number): Pasted {
  const line = layout.slice(0, to).trimEnd()
  const word = wordAt(line, from)
  if (word === undefined) throw syntaxFault(from, 'log-format has no format string')
  if (word.quoted) return word
  const start = (word.places[0] ?? from + 1) - 1
  return withoutBackslashes(plain(line, line[start - 1] === '\\' ? start - 1 : start))
}

function withoutBackslashes(pasted: Pasted): Pasted {
  let text = ''
  const places: number[] = []
  for (let i = 0; i < pasted.text.length; i++) {
    if (pasted.text[i] === '\\' && i + 1 < pasted.text.length) i++
    text += pasted.text[i]
    places.push(placeOf(pasted, i))
  }
  return { text, places }
}

function tokens(pasted: Pasted, captures: Captures): Token[] {
  const { text } = pasted
  const out: Token[] = []
  let quotes = false
  let literal = ''
  let at = 0
  while (at < text.length) {
    const character = text[at]
    if (character === ' ' || character === '\t') {
      // HAProxy writes one blank for a run of them, and none at the beginning.
      if (!literal.endsWith(' ') && (literal !== '' || out.length > 0)) literal += ' '
      at++
    } else if (character !== '%') literal += text[at++]
    else if (text[at + 1] === '%') {
      literal += '%'
      at += 2
    } else {
      const read = fieldAt(pasted, at, quotes, captures)
      if ('quotes' in read) quotes = read.quotes
      else if (read.field.written === '%hr' && captures.request.length === 0 && captures.response.length > 0) {
        // Nothing is captured of requests: HAProxy writes nothing for it.
      } else {
        out.push({ literal }, read.field)
        literal = ''
      }
      at = read.end
    }
  }
  out.push({ literal })
  return out
}

type Read = { readonly field: Field; readonly end: number } | { readonly quotes: boolean; readonly end: number }

/** `%name`, `%{flags}name` or `%{flags}[expression]`; `%{flags}o` sets the flags of all that follow. */
function fieldAt(pasted: Pasted, from: number, quotes: boolean, captures: Captures): Read {
  const { text } = pasted
  const place = placeOf(pasted, from)
  let at = from + 1
  let quotable = quotes
  if (text[at] === '{') {
    const close = text.indexOf('}', at)
    if (close === -1) throw syntaxFault(placeOf(pasted, at), 'this { is never closed')
    const flags = text.slice(at + 1, close).split(',')
    if (flags.includes('+json') || flags.includes('+cbor')) throw unsupportedFault(place, text.slice(from, close + 1))
    if (flags.includes('+Q')) quotable = true
    if (flags.includes('-Q')) quotable = false
    at = close + 1
  }
  if (text[at] === '[') {
    const close = expressionEnd(text, at)
    if (close === -1) throw syntaxFault(placeOf(pasted, at), 'this [ is never closed')
    const alias = haproxySample(text.slice(at + 1, close), captures)
    return { field: { ...alias, written: text.slice(from, close + 1), at: place, quotable }, end: close + 1 }
  }
  let to = at
  while (isLetter(text.charCodeAt(to))) to++
  const name = text.slice(at, to)
  if (name === '') throw syntaxFault(place, 'a % without a name')
  if (name === 'o') return { quotes: quotable, end: text[to] === ' ' ? to + 1 : to }
  const alias = haproxyAlias(name, captures)
  if (alias === undefined) throw unknownFault(place, text.slice(from, to))
  return { field: { ...alias, written: text.slice(from, to), at: place, quotable }, end: to }
}

function expressionEnd(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '[') depth++
    else if (text[at] === ']' && --depth === 0) return at
  }
  return -1
}

function isLetter(code: number): boolean {
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x7a
}
