import type { JsonObject } from './format.ts'
import { isObject, own } from './json-value.ts'

/** Attributes read at most, of a record: what comes behind is passed over. */
export const MOST_ATTRIBUTES = 256
/** Levels of arrays and lists followed. */
const DEEPEST = 4
const SCALARS = ['stringValue', 'intValue', 'doubleValue', 'boolValue'] as const

/**
 * OTLP's attribute list `[{key, value: {stringValue|intValue|…}}]` (opentelemetry-proto common.v1, JSON mapping) as a
 * plain object without prototype. 64-bit integers stay the text they may be; a later key of the same name wins.
 * Anything that is no such list is an empty object.
 */
export function attributesOf(list: unknown, depth = 0): JsonObject {
  const plain: { [key: string]: unknown } = Object.create(null)
  if (!Array.isArray(list)) return plain
  for (let i = 0; i < list.length && i < MOST_ATTRIBUTES; i++) {
    const item: unknown = list[i]
    if (!isObject(item)) continue
    const key = own(item, 'key')
    if (typeof key === 'string') plain[key] = plainValue(own(item, 'value'), depth)
  }
  return plain
}

/** OTLP's AnyValue as a plain value; undefined for an empty or unknown one. `bytesValue` is never read. */
export function plainValue(wrapped: unknown, depth = 0): unknown {
  if (!isObject(wrapped) || depth > DEEPEST) return undefined
  for (const name of SCALARS) if (Object.hasOwn(wrapped, name)) return wrapped[name]
  const list = own(wrapped, 'kvlistValue')
  if (isObject(list)) return attributesOf(own(list, 'values'), depth + 1)
  const array = own(wrapped, 'arrayValue')
  if (!isObject(array)) return undefined
  const values = own(array, 'values')
  if (!Array.isArray(values)) return undefined
  const out: unknown[] = []
  for (let i = 0; i < values.length && i < MOST_ATTRIBUTES; i++) out.push(plainValue(values[i], depth + 1))
  return out
}
