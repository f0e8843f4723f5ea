import { isObject } from './json-value.ts'

/**
 * A dotted path into a record, prepared once: `request.headers.host`, arrays by number (`a.0.b`), '' for the record
 * itself. Nested objects are tried first, then keys that carry the dots themselves (`http.request.method`).
 */
export class FieldPath {
  readonly #keys: readonly string[]
  /** For each place in the path the longer keys that may stand there, longest first, with the place behind them. */
  readonly #joined: readonly (readonly { readonly key: string; readonly next: number }[])[]

  constructor(path: string) {
    const keys = path === '' ? [] : path.split('.')
    this.#keys = keys
    this.#joined = keys.map((_, from) =>
      keys
        .map((_, i) => ({ key: keys.slice(from, i + 1).join('.'), next: i + 1 }))
        .slice(from + 1)
        .reverse(),
    )
  }

  /** What stands there, undefined when nothing does. */
  read(record: unknown): unknown {
    return this.#read(record, 0)
  }

  #read(root: unknown, from: number): unknown {
    const key = this.#keys[from]
    if (key === undefined) return root
    if (Array.isArray(root)) return this.#read(root[Number(key)], from + 1)
    if (!isObject(root)) return undefined
    if (Object.hasOwn(root, key)) {
      const found = this.#read(root[key], from + 1)
      if (found !== undefined) return found
    }
    for (const { key: long, next } of this.#joined[from] ?? []) {
      if (!Object.hasOwn(root, long)) continue
      const found = this.#read(root[long], next)
      if (found !== undefined) return found
    }
    return undefined
  }
}

/** Several paths to one thing, tried in order. */
export class FieldPaths {
  readonly #paths: readonly FieldPath[]

  constructor(paths: readonly string[] | undefined) {
    this.#paths = (paths ?? []).map(path => new FieldPath(path))
  }

  /** The first value that `tells` something, undefined when none does. */
  read(record: unknown, tells: (value: unknown) => boolean): unknown {
    for (const path of this.#paths) {
      const value = path.read(record)
      if (value !== undefined && value !== null && tells(value)) return value
    }
    return undefined
  }
}
