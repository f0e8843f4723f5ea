import type { Path } from './documents.ts'

/**
 * The line of the key or item that `path` leads to in a JSON text that parsed, else of the nearest part around it.
 * Looks only where it is asked: what lies beside the path is skipped, not read.
 */
export class JsonLines {
  readonly #text: string
  /** Offsets of the entries of each container asked about, by the container's own offset. */
  readonly #entries = new Map<number, ReadonlyMap<string, Entry>>()
  readonly #lineStarts: number[] = [0]

  constructor(text: string) {
    this.#text = text
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1)
  }

  line(path: Path): number {
    let value = skipBlanks(this.#text, 0)
    let found = value
    for (const step of path) {
      const entry = this.#entriesOf(value).get(String(step))
      if (entry === undefined) break
      found = entry.key
      value = entry.value
    }
    return this.#lineOf(found)
  }

  #entriesOf(container: number): ReadonlyMap<string, Entry> {
    let entries = this.#entries.get(container)
    if (entries === undefined) {
      entries = entriesAt(this.#text, container)
      this.#entries.set(container, entries)
    }
    return entries
  }

  #lineOf(offset: number): number {
    let low = 0
    let high = this.#lineStarts.length
    while (low + 1 < high) {
      const middle = (low + high) >> 1
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}

interface Entry {
  readonly key: number
  readonly value: number
}

const QUOTE = 0x22

/** The entries of the object or list that begins at `start`; none where neither does. */
function entriesAt(text: string, start: number): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>()
  const isList = text[start] === '['
  if (!isList && text[start] !== '{') return entries
  let at = skipBlanks(text, start + 1)
  while (at < text.length && text[at] !== '}' && text[at] !== ']') {
    const key = at
    let name = String(entries.size)
    if (!isList) {
      const end = endOfText(text, at)
      name = String(JSON.parse(text.slice(at, end)))
      at = skipBlanks(text, skipBlanks(text, end) + 1)
    }
    entries.set(name, { key, value: at })
    at = skipBlanks(text, endOfValue(text, at))
    if (text[at] === ',') at = skipBlanks(text, at + 1)
  }
  return entries
}

function endOfValue(text: string, start: number): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfText(text, at)
      if (depth === 0) return at
      continue
    }
    if (code === 0x7b || code === 0x5b) depth++
    else if (code === 0x7d || code === 0x5d) {
      if (depth === 0) return at
      depth--
      if (depth === 0) return at + 1
    } else if (depth === 0 && code === 0x2c) return at
    at++
  }
  return at
}

function endOfText(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end + 1
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

function skipBlanks(text: string, start: number): number {
  let at = start
  while (at < text.length && text.charCodeAt(at) <= 0x20) at++
  return at
}
