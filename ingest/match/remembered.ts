import { Recent } from '../normalise/recent.ts'

const LIMIT = 4_096
/** Longer texts are mostly one of a kind. */
const LONGEST = 128
const WINDOW = 2_048
const PAUSE = 32_768

/**
 * Remembers results by text where texts come again, and keeps out of the way where they do not: when fewer than a
 * quarter of a window's questions were answered from memory, the next ones are not asked at all for a while.
 */
export class Remembered<V> {
  readonly #recent = new Recent<V>(LIMIT)
  #asked = 0
  #hits = 0
  #paused = 0

  get(text: string): V | undefined {
    if (this.#paused > 0) {
      this.#paused--
      return undefined
    }
    if (text.length > LONGEST) return undefined
    const found = this.#recent.get(text)
    if (found !== undefined) this.#hits++
    if (++this.#asked === WINDOW) {
      if (this.#hits * 4 < WINDOW) this.#paused = PAUSE
      this.#asked = 0
      this.#hits = 0
    }
    return found
  }

  set(text: string, value: V): void {
    if (this.#paused === 0 && text.length <= LONGEST) this.#recent.set(text, value)
  }
}
