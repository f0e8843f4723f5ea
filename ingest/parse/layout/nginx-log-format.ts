import type { TextFormat } from '../format.ts'
import { assemble } from './assemble.ts'
import { type Escape, syntaxFault, type Token } from './field.ts'
import { isHopList, nginxVariable } from './nginx-variables.ts'
import { checkSize, concat, type Pasted, placeOf, plain, type Word, wordAt } from './pasted.ts'
import { LineReader } from './read-line.ts'

/**
 * Compiles a user's own nginx layout to a format: the directive as it stands in nginx.conf
 * (`log_format api escape=json '…' '…';`), or the format string alone. nginx logs a request at its end, so its times are
 * ends and `$request_time` takes them back to the start. (nginx.org, ngx_http_log_module.)
 * Throws LC_LAYOUT_SYNTAX, LC_LAYOUT_AMBIGUOUS or LC_LAYOUT_INCOMPLETE, each with the character it means.
 */
export function nginxLogFormat(layout: string): TextFormat {
  checkSize(layout)
  const { text, escaping } = directive(layout)
  const reader = new LineReader(assemble(tokens(text)), escaping, 'end')
  return {
    kind: 'text',
    name: 'nginx-log-format',
    title: 'nginx, own log_format',
    recognises: line => reader.fits(line),
    parse: (line, context) => reader.read(line, context),
  }
}

function directive(layout: string): { text: Pasted; escaping: Escape } {
  const words = wordsOf(layout)
  if (words[0]?.text !== 'log_format' || words[0].quoted) {
    const quoted = words.length > 0 && words.every(word => word.quoted)
    return { text: quoted ? concat(words) : plain(layout, 0, layout.trimEnd().length), escaping: 'log' }
  }
  const option = words[2]
  const escaped = option !== undefined && !option.quoted && option.text.startsWith('escape=')
  const strings = words.slice(escaped ? 3 : 2)
  if (strings.length === 0) throw syntaxFault(layout.length, 'log_format has no format string')
  return { text: concat(strings), escaping: escaped ? escapeOf(option) : 'log' }
}

function escapeOf(option: Word): Escape {
  const name = option.text.slice('escape='.length)
  if (name === 'default') return 'log'
  if (name === 'json' || name === 'none') return name
  throw syntaxFault(placeOf(option, 0), `nginx has no ${option.text}`)
}

/** The words of a directive, up to its semicolon. */
function wordsOf(layout: string): Word[] {
  const words: Word[] = []
  let at = 0
  for (let word = wordAt(layout, at); word !== undefined; word = wordAt(layout, at)) {
    at = word.end
    const closed = layout[at] === ';' || (!word.quoted && word.text.endsWith(';'))
    const bare = word.quoted || !word.text.endsWith(';') ? word : { ...word, text: word.text.slice(0, -1) }
    if (bare.text !== '') words.push(bare)
    if (closed) break
  }
  return words
}

function tokens(pasted: Pasted): Token[] {
  const { text } = pasted
  const out: Token[] = []
  let literal = ''
  let at = 0
  while (at < text.length) {
    if (text[at] !== '$') {
      literal += text[at++]
      continue
    }
    const braced = text[at + 1] === '{'
    const from = at + (braced ? 2 : 1)
    let to = from
    while (isNamePart(text.charCodeAt(to))) to++
    if (to === from) throw syntaxFault(placeOf(pasted, at), 'a $ without the name of a variable')
    if (braced && text[to] !== '}') throw syntaxFault(placeOf(pasted, at), 'this ${ is never closed')
    const name = text.slice(from, to).toLowerCase()
    out.push({ literal })
    literal = ''
    out.push({ ...nginxVariable(name), written: `$${name}`, at: placeOf(pasted, at), list: isHopList(name) })
    at = braced ? to + 1 : to
  }
  out.push({ literal })
  return out
}

function isNamePart(code: number): boolean {
  const lower = code | 0x20
  return (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x5f
}
