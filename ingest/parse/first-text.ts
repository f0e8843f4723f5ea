import type { JsonObject } from './format.ts'
import { textAt } from './json-value.ts'

/** The first of several keys that says something, '' when none does. For records whose keys the operator names. */
export function firstText(object: JsonObject, keys: readonly string[]): string {
  for (const key of keys) {
    const text = textAt(object, key)
    if (text !== '') return text
  }
  return ''
}

/** Has the record one of these keys of its own? */
export function hasAny(object: JsonObject, keys: readonly string[]): boolean {
  for (const key of keys) if (Object.hasOwn(object, key)) return true
  return false
}
