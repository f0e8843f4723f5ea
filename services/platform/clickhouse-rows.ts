/** Reads one value of a result; throws when the column holds something else: our query and its reader disagree. */
export type Read<T> = (value: unknown) => T

/** The columns a statement answers with, by name. */
export type Shape = Readonly<Record<string, Read<unknown>>>
export type RowOf<S extends Shape> = { readonly [K in keyof S]: S[K] extends Read<infer T> ? T : never }

export const text: Read<string> = value => {
  if (typeof value !== 'string') throw mismatch('a text', value)
  return value
}

/** An integer of any width. Over 2^53 it throws: a wrong count is worse than none. */
export const count: Read<number> = value => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw mismatch('a whole number', value)
  return number
}

export const real: Read<number> = value => {
  if (typeof value !== 'number') throw mismatch('a number', value)
  return value
}

/** A UInt64 or Int64, exact. */
export const big: Read<bigint> = value => {
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value)
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  throw mismatch('a 64-bit number', value)
}

export function list<T>(item: Read<T>): Read<readonly T[]> {
  return value => {
    if (!Array.isArray(value)) throw mismatch('a list', value)
    return value.map(item)
  }
}

export function pair<A, B>(first: Read<A>, second: Read<B>): Read<readonly [A, B]> {
  return value => {
    if (!Array.isArray(value) || value.length !== 2) throw mismatch('a pair', value)
    return [first(value[0]), second(value[1])]
  }
}

/** One row of a result (an object by column name) as `shape` says. */
export function readRow<S extends Shape>(shape: S, row: unknown): RowOf<S> {
  if (typeof row !== 'object' || row === null) throw mismatch('a row', row)
  const values = new Map(Object.entries(row))
  const read = Object.entries(shape).map(([name, reader]) => [name, reader(values.get(name))] as const)
  return Object.fromEntries(read) as RowOf<S>
}

function mismatch(wanted: string, value: unknown): Error {
  return new Error(
    `a query answered ${typeof value === 'object' ? 'something else' : JSON.stringify(value)?.slice(0, 60)} where ${wanted} belongs`,
  )
}
