import { hexDigit, unescapeLog } from './escape.ts'

/** What could be read of an object that is no JSON. `whole`: nothing is missing, only the writing was wrong. */
export interface Salvaged {
  readonly value: { [key: string]: unknown }
  readonly whole: boolean
}

const MAX_DEPTH = 32

/**
 * Reads an object that JSON.parse refuses, as nginx and cut records have them: values left out (`"urt":}`), lists and
 * words without quotes (`"urt":0.000, 0.003`), `\xHH` and raw control characters in strings, an end that was cut off.
 * It reads as far as it can: only what is whole is kept, and what stands behind a fault is not guessed at.
 * undefined when not even one key is whole. Linear in the text.
 */
export function salvageJson(text: string): Salvaged | undefined {
  const reader = new LenientReader(text)
  const value = reader.object(0)
  return Object.keys(value).length === 0 ? undefined : { value, whole: !reader.stopped && reader.atEnd() }
}

class LenientReader {
  readonly #text: string
  #at = 0
  /** A fault or the cut was met: nothing behind it is read. */
  stopped = false

  constructor(text: string) {
    this.#text = text
  }

  atEnd(): boolean {
    this.#blanks()
    return this.#at >= this.#text.length
  }

  object(depth: number): { [key: string]: unknown } {
    // Without a prototype, `__proto__` is a key like others.
    const value: { [key: string]: unknown } = Object.create(null)
    this.#at++
    this.#blanks()
    if (this.#take(0x7d)) return value
    for (;;) {
      this.#blanks()
      const key = this.#string()
      if (key === undefined) return this.#stop(value)
      this.#blanks()
      if (!this.#take(0x3a)) return this.#stop(value)
      const item = this.#value(depth, 0x7d)
      if (item !== undefined) value[key] = item
      if (this.stopped) return value
      this.#blanks()
      if (this.#take(0x7d)) return value
      if (!this.#take(0x2c)) return this.#stop(value)
    }
  }

  #array(depth: number): unknown[] {
    const items: unknown[] = []
    this.#at++
    this.#blanks()
    if (this.#take(0x5d)) return items
    for (;;) {
      const item = this.#value(depth, 0x5d)
      if (item !== undefined) items.push(item)
      if (this.stopped) return items
      this.#blanks()
      if (this.#take(0x5d)) return items
      if (!this.#take(0x2c)) return this.#stop(items)
    }
  }

  /** undefined when it is not whole; then reading has stopped. */
  #value(depth: number, close: number): unknown {
    this.#blanks()
    const first = this.#text.charCodeAt(this.#at)
    if (first === 0x22) {
      const text = this.#string()
      return text === undefined ? this.#stop(undefined) : text
    }
    if (first === 0x7b || first === 0x5b) {
      if (depth >= MAX_DEPTH) return this.#stop(undefined)
      return first === 0x7b ? this.object(depth + 1) : this.#array(depth + 1)
    }
    return this.#bare(close)
  }

  /** A value without quotes, up to the bracket or the comma that a new key or element follows. */
  #bare(close: number): unknown {
    const from = this.#at
    let at = from
    for (; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === close || code === 0x22 || code === 0x7b || code === 0x5b) break
      if (code === 0x2c && (close === 0x5d || this.#keyFollows(at + 1))) break
    }
    this.#at = at
    // At the end of a cut record a number may be half.
    if (at >= this.#text.length) return this.#stop(undefined)
    return scalar(this.#text.slice(from, at).trim())
  }

  #keyFollows(at: number): boolean {
    let i = at
    while (i < at + 64 && this.#text.charCodeAt(i) <= 0x20) i++
    return this.#text.charCodeAt(i) === 0x22
  }

  /** The string at `at`, undefined when its end was cut off. */
  #string(): string | undefined {
    if (this.#text.charCodeAt(this.#at) !== 0x22) return undefined
    const from = this.#at + 1
    let end = this.#text.indexOf('"', from)
    while (end !== -1 && isEscaped(this.#text, end, from)) end = this.#text.indexOf('"', end + 1)
    if (end === -1) return undefined
    this.#at = end + 1
    return unquote(this.#text.slice(from, end))
  }

  #blanks(): void {
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) <= 0x20) this.#at++
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false
    this.#at++
    return true
  }

  #stop<T>(value: T): T {
    this.stopped = true
    return value
  }
}

function scalar(text: string): unknown {
  if (text === '' || text === '-' || text === 'null') return null
  if (text === 'true') return true
  if (text === 'false') return false
  return /^-?\d{1,20}(?:\.\d{1,20})?(?:[eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : text
}

function isEscaped(text: string, at: number, from: number): boolean {
  let backslashes = 0
  while (at - backslashes > from && text.charCodeAt(at - backslashes - 1) === 0x5c) backslashes++
  return backslashes % 2 === 1
}

/** The text between the quotes: JSON's escapes and nginx's `\xHH` undone, any other character as it is. */
function unquote(text: string): string {
  if (text.indexOf('\\') === -1) return text
  let out = ''
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('\\', at)
    if (next === -1) return out + text.slice(at)
    out += text.slice(at, next)
    const kind = text.charCodeAt(next + 1)
    if (kind === 0x75) {
      const code = hex4(text, next + 2)
      out += code === -1 ? '\\u' : String.fromCharCode(code)
      at = code === -1 ? next + 2 : next + 6
    } else if (kind === 0x78) {
      let end = next
      while (text.charCodeAt(end) === 0x5c && text.charCodeAt(end + 1) === 0x78 && end + 4 <= text.length) end += 4
      if (end === next) end = Math.min(text.length, next + 2)
      out += unescapeLog(text.slice(next, end))
      at = end
    } else {
      out += kind === 0x2f ? '/' : unescapeLog(text.slice(next, next + 2))
      at = next + 2
    }
  }
  return out
}

function hex4(text: string, at: number): number {
  let value = 0
  for (let i = 0; i < 4; i++) {
    const digit = hexDigit(text.charCodeAt(at + i))
    if (digit === -1) return -1
    value = value * 16 + digit
  }
  return value
}
