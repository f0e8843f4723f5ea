import type { JsonObject } from './format.ts'
import { asText, isObject, NOTHING_WORDS } from './json-value.ts'

const RANKS = 64
const UNSEEN = 255

/**
 * Fields of a record whose keys the operator chooses: each has several names, best first. A record is read in one pass
 * over its own keys, which is several times faster than asking for every name. The texts stand until the next `read`
 * or `clear`: take them at once, and keep no reference.
 */
export class Aliases<Field extends string> {
  readonly #slots = new Map<string, number>()
  readonly #fields = new Map<Field, number>()
  readonly #nested: ReadonlySet<string>
  readonly #texts: string[] = []
  readonly #ranks: Uint8Array

  /** `nested` are keys whose objects are read too, their fields as `key.name`. At most 64 names a field. */
  constructor(names: Readonly<Record<Field, readonly string[]>>, nested: readonly string[] = []) {
    for (const [field, aliases] of Object.entries<readonly string[]>(names)) {
      const slot = this.#texts.push('') - 1
      this.#fields.set(field as Field, slot)
      for (const [rank, alias] of aliases.entries()) this.#slots.set(alias, slot * RANKS + rank)
    }
    this.#nested = new Set(nested)
    this.#ranks = new Uint8Array(this.#texts.length)
  }

  /** Where `text` finds a field; to be asked for once. */
  slot(field: Field): number {
    return this.#fields.get(field) ?? -1
  }

  /** Forgets the record before and reads this one. */
  read(record: JsonObject): void {
    this.clear()
    this.#readObject(record, '')
  }

  clear(): void {
    this.#texts.fill('')
    this.#ranks.fill(UNSEEN)
  }

  /** Takes one value under one name; a better name's text stays, a word that means nothing is passed over. */
  take(name: string, value: unknown): void {
    const at = this.#slots.get(name)
    if (at === undefined) return
    const slot = Math.floor(at / RANKS)
    const rank = at % RANKS
    if (rank >= (this.#ranks[slot] ?? 0)) return
    const text = asText(value)
    if (NOTHING_WORDS.has(text)) return
    this.#texts[slot] = text
    this.#ranks[slot] = rank
  }

  /** A field's text, '' when the record has none. */
  text(slot: number): string {
    return this.#texts[slot] ?? ''
  }

  #readObject(record: JsonObject, prefix: string): void {
    for (const key of Object.keys(record)) {
      const name = prefix === '' ? key : prefix + key
      const value = record[key]
      if (isObject(value)) {
        if (this.#nested.has(name)) this.#readObject(value, `${name}.`)
      } else this.take(name, value)
    }
  }
}
