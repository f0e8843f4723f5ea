/** Lets at most so many go on at once; the others wait in the order they came. */
export class Turns {
  readonly #most: number
  #going = 0
  readonly #waiting: (() => void)[] = []

  constructor(most: number) {
    this.#most = most
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#going >= this.#most) await new Promise<void>(resolve => this.#waiting.push(resolve))
    else this.#going += 1
    try {
      return await work()
    } finally {
      // The place is handed on, never free for a moment: who comes now would overtake those that wait.
      const next = this.#waiting.shift()
      if (next === undefined) this.#going -= 1
      else next()
    }
  }
}
