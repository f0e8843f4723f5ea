/** A set of keys, as YAML and JSON have it. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One own key of an unknown value; undefined when there is none. */
export const keyOf = (value: unknown, key: string): unknown =>
  isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined

/** One own key that is a text. */
export function textOf(value: unknown, key: string): string | undefined {
  const text = keyOf(value, key)
  return typeof text === 'string' ? text : undefined
}
