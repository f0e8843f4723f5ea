type Camel<S extends string> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S

/** A YAML shape (`reply-to`) as the code sees it (`replyTo`), read-only. */
export type CamelKeys<T> = T extends readonly (infer Item)[]
  ? readonly CamelKeys<Item>[]
  : T extends object
    ? { readonly [Key in keyof T as Camel<Key & string>]: CamelKeys<T[Key]> }
    : T

/** Renames keys, at every depth, from `kebab-case` to `camelCase`. Values stay as they are. */
export function camelKeys<T>(value: T): CamelKeys<T>
export function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(item => camelKeys(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [camel(key), camelKeys(inner)]))
}

const camel = (key: string): string => key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
