import type { JsonObject } from './format.ts'

/** Words that stand in logs where a value is missing or was taken out. Taken as an identity they would make all callers one. */
export const NOTHING_WORDS: ReadonlySet<string> = new Set([
  '',
  '-',
  'REDACTED',
  'redacted',
  '[REDACTED]',
  '[]',
  '<redacted>',
  'null',
  '(null)',
  'undefined',
])

/** None of them is longer: a longer text need not be hashed to be compared. */
export const LONGEST_NOTHING = 10

/** '' for a word that means nothing, else the text itself. */
export function meaningful(text: string): string {
  return text.length <= LONGEST_NOTHING && NOTHING_WORDS.has(text) ? '' : text
}

/** True for a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An own property, else undefined: `__proto__` and `constructor` of a log are keys like others. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** A scalar as text: strings as they are, finite numbers and bigints printed, the first of an array, anything else ''. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value) && !Array.isArray(value[0])) return asText(value[0])
  return ''
}

/** A number, or text that is a decimal number as a whole; else NaN. */
export function asNumber(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || value === '' || value.length > 40) return Number.NaN
  const first = value.charCodeAt(0)
  if ((first < 0x30 || first > 0x39) && first !== 0x2d && first !== 0x2e) return Number.NaN
  return /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : Number.NaN
}

/**
 * A response status: 100–999 as logged; 0 for 0, -1 (no response was sent); undefined when there is none
 * (missing, '-', text, out of range). Reads numbers and digit strings; of a list ("502, 200") the last.
 */
export function asStatus(value: unknown): number | undefined {
  let number = asNumber(value)
  if (typeof value === 'string' && Number.isNaN(number))
    number = asNumber(value.slice(value.lastIndexOf(',') + 1).trim())
  if (number === 0 || number === -1) return 0
  return number >= 100 && number <= 999 && Number.isInteger(number) ? number : undefined
}

/** `object[key]` as text, '' when absent or a word that means nothing. */
export function textAt(object: JsonObject, key: string): string {
  return meaningful(asText(own(object, key)))
}

/** `object[key]` as a number, NaN when absent. */
export function numberAt(object: JsonObject, key: string): number {
  return asNumber(own(object, key))
}

/** `object[key]` when it is an object, else undefined. */
export function objectAt(object: JsonObject, key: string): JsonObject | undefined {
  const value = own(object, key)
  return isObject(value) ? value : undefined
}

/** Splits a dotted path once, for `valueAt`. */
export function splitPath(path: string): readonly string[] {
  return path.split('.')
}

/**
 * The value at a path of keys; arrays by number. At every level the longest remaining name is tried first as a
 * single key, so that `http.request.method` finds both a nested object and a flat key with dots.
 */
export function valueAt(root: unknown, path: readonly string[], from = 0): unknown {
  if (from === path.length) return root
  if (Array.isArray(root)) return valueAt(root[Number(path[from])], path, from + 1)
  if (!isObject(root)) return undefined
  for (let to = path.length; to > from; to--) {
    const key = to === from + 1 ? (path[from] ?? '') : path.slice(from, to).join('.')
    if (!Object.hasOwn(root, key)) continue
    const found = valueAt(root[key], path, to)
    if (found !== undefined) return found
  }
  return undefined
}
