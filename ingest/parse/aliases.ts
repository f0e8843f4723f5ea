import type { JsonObject } from './format.ts'
import { asText, isObject, LONGEST_NOTHING, NOTHING_WORDS } from './json-value.ts'

const RANKS = 64
const UNSEEN = 255

/** What the keys of one object mean: texts of fields, or objects that are read in their turn. */
interface Level {
  /** Key → slot and rank of the field it is a name of. */
  readonly slots: Map<string, number>
  readonly below: Map<string, Level>
}

/**
 * Fields of a record whose keys the operator chooses: each has several names, best first. A record is read in one pass
 * over its own keys, which is several times faster than asking for every name. The texts stand until the next `read`
 * or `clear`: take them at once, and keep no reference.
 */
export class Aliases<Field extends string> {
  readonly #root: Level = { slots: new Map(), below: new Map() }
  readonly #fields = new Map<Field, number>()
  readonly #texts: string[] = []
  readonly #ranks: Uint8Array

  /** `nested` are keys whose objects are read too, their fields as `key.name`. At most 64 names a field. */
  constructor(names: Readonly<Record<Field, readonly string[]>>, nested: readonly string[] = []) {
    for (const path of nested) levelAt(this.#root, path.split('.'))
    for (const [field, aliases] of Object.entries<readonly string[]>(names)) {
      const slot = this.#texts.push('') - 1
      this.#fields.set(field as Field, slot)
      for (const [rank, alias] of aliases.entries()) enter(this.#root, alias, slot * RANKS + rank)
    }
    this.#ranks = new Uint8Array(this.#texts.length)
  }

  /** Where `text` finds a field; to be asked for once. */
  slot(field: Field): number {
    return this.#fields.get(field) ?? -1
  }

  /** Forgets the record before and reads this one. */
  read(record: JsonObject): void {
    this.clear()
    this.#readObject(record, this.#root)
  }

  clear(): void {
    this.#texts.fill('')
    this.#ranks.fill(UNSEEN)
  }

  /** Takes one value under one name; a better name's text stays, a word that means nothing is passed over. */
  take(name: string, value: unknown): void {
    const at = this.#root.slots.get(name)
    if (at !== undefined) this.#put(at, value)
  }

  /** A field's text, '' when the record has none. */
  text(slot: number): string {
    return this.#texts[slot] ?? ''
  }

  #readObject(record: JsonObject, level: Level): void {
    for (const key of Object.keys(record)) {
      const value = record[key]
      if (isObject(value)) {
        const below = level.below.get(key)
        if (below !== undefined) this.#readObject(value, below)
      } else {
        const at = level.slots.get(key)
        if (at !== undefined) this.#put(at, value)
      }
    }
  }

  #put(at: number, value: unknown): void {
    const rank = at % RANKS
    const slot = (at - rank) / RANKS
    if (rank >= (this.#ranks[slot] ?? 0)) return
    const text = asText(value)
    if (text.length <= LONGEST_NOTHING && NOTHING_WORDS.has(text)) return
    this.#texts[slot] = text
    this.#ranks[slot] = rank
  }
}

function levelAt(root: Level, path: readonly string[]): Level {
  let level = root
  for (const key of path) {
    const below = level.below.get(key) ?? { slots: new Map(), below: new Map() }
    level.below.set(key, below)
    level = below
  }
  return level
}

/** A dotted name may be one key, or lead through objects, or both in part. */
function enter(level: Level, name: string, at: number): void {
  level.slots.set(name, at)
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const below = level.below.get(name.slice(0, dot))
    if (below !== undefined) enter(below, name.slice(dot + 1), at)
  }
}
