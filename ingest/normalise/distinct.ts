import { OTHER } from '../../services/domain/segment-shape.ts'

/** Lets a bounded number of different values through, separately for each owner; the others come out as `__other__`. */
export class Distinct {
  readonly #most: number
  readonly #seen = new Map<string, Set<string>>()

  constructor(most: number) {
    this.#most = most
  }

  /** The value itself, or `__other__`; '' stays ''. */
  keep(owner: string, value: string): string {
    if (value === '') return ''
    let seen = this.#seen.get(owner)
    if (seen === undefined) {
      seen = new Set()
      this.#seen.set(owner, seen)
    }
    if (seen.has(value)) return value
    if (seen.size >= this.#most) return OTHER
    seen.add(value)
    return value
  }

  clear(): void {
    this.#seen.clear()
  }
}
