import type { SQLOutputValue } from 'node:sqlite'

/** A row as SQLite gives it; read by the functions below, which refuse what the schema does not allow. */
export type Row = Record<string, SQLOutputValue>

export function text(row: Row, name: string): string {
  const value = row[name]
  if (typeof value !== 'string') throw new TypeError(`ledger: ${name} is not text`)
  return value
}
export function textOrNone(row: Row, name: string): string | undefined {
  return row[name] === null ? undefined : text(row, name)
}
export function number(row: Row, name: string): number {
  const value = row[name]
  if (typeof value !== 'number') throw new TypeError(`ledger: ${name} is not a number`)
  return value
}
export function numberOrNone(row: Row, name: string): number | undefined {
  return row[name] === null ? undefined : number(row, name)
}
export function bytes(row: Row, name: string): Uint8Array {
  const value = row[name]
  if (!(value instanceof Uint8Array)) throw new TypeError(`ledger: ${name} is not bytes`)
  return value
}

/** One of a closed list of words. */
export function word<T extends string>(row: Row, name: string, words: readonly T[]): T {
  const value = text(row, name)
  const found = words.find(one => one === value)
  if (found === undefined) throw new TypeError(`ledger: ${name} is "${value}"`)
  return found
}
