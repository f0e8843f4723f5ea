import { durationMs } from './settle.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Index of the quote that closes a field whose text begins at `from`; quotes escaped by a backslash are passed over. -1 when the line was cut. */
export function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from)
  while (at > from && line.charCodeAt(at - 1) === BACKSLASH) {
    let first = at - 1
    while (first > from && line.charCodeAt(first - 1) === BACKSLASH) first--
    if ((at - first) % 2 === 0) return at
    at = line.indexOf('"', at + 1)
  }
  return at
}

/** Index of the next blank at or behind `from`, the line's length when there is none. */
export function blankAt(line: string, from: number): number {
  const at = line.indexOf(' ', from)
  return at === -1 ? line.length : at
}

/**
 * A status field: 100–999 as logged; 0 for `0`, `000`, `-1` and `-`, by which gateways say that no response was sent.
 * undefined when it is none of these.
 */
export function statusOf(line: string, from: number, to: number): number | undefined {
  if (to - from === 3) {
    const hundreds = line.charCodeAt(from) - 0x30
    const tens = line.charCodeAt(from + 1) - 0x30
    const ones = line.charCodeAt(from + 2) - 0x30
    if (!(hundreds >= 0 && hundreds <= 9 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9)) return undefined
    const status = hundreds * 100 + tens * 10 + ones
    return status >= 100 || status === 0 ? status : undefined
  }
  const text = line.slice(from, to)
  return text === '-' || text === '0' || text === '-1' ? 0 : undefined
}

/** True when `line[from, to)` is digits only, and at least one. */
export function isDigits(line: string, from: number, to: number): boolean {
  if (to <= from || to > line.length) return false
  for (let i = from; i < to; i++) {
    const code = line.charCodeAt(i)
    if (code < 0x30 || code > 0x39) return false
  }
  return true
}

/**
 * Seconds with decimals as whole milliseconds; a list of hops (`0.010, 0.003`) counts its last, the one that answered.
 * 0 for `-`, `-1` and what is no number.
 */
export function secondsToMs(text: string): number {
  return durationMs(Math.round(Number(text.slice(text.lastIndexOf(' ') + 1)) * 1000))
}

/** Whole milliseconds from text; a leading `+` (HAProxy's logasap) is passed over; 0 for `-1`, `-` and what is no number. */
export function millis(text: string): number {
  return durationMs(Math.round(Number(text)))
}

/** Text between two quotes as logged, '' for `-`. `from` is the opening quote's index, `to` the closing one's. */
export function quotedText(line: string, from: number, to: number): string {
  return to === from + 2 && line.charCodeAt(from + 1) === 0x2d ? '' : line.slice(from + 1, to)
}

/** An address without its port: `10.0.0.1:80`, `[::1]:80` and HAProxy's bracketless `::1:80` alike. */
export function withoutPort(address: string): string {
  const colon = address.lastIndexOf(':')
  if (colon <= 0 || !isDigits(address, colon + 1, address.length)) return address
  const host = address.slice(0, colon)
  return host.charCodeAt(0) === 0x5b && host.endsWith(']') ? host.slice(1, -1) : host
}

/** True when the character at `at` is a double quote. */
export function isQuote(line: string, at: number): boolean {
  return line.charCodeAt(at) === QUOTE
}
