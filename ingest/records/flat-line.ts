const NEWLINE = 0x0a
const OPEN = 0x7b
const CLOSE = 0x7d
const BRACKET = 0x5b
const BRACKET_CLOSE = 0x5d

/**
 * The quick way for the commonest record: an object on a line of its own with no other bracket in it. It finds
 * exactly what the scanner would, by native searches; for any other record it does not know.
 */
export class FlatLine {
  // The next line end, `{`, `[` and `]` in the buffer, behind where was last asked: they are searched once, not once a
  // record, however many stand glued on one line.
  #newline = -1
  #open = 0
  #bracket = 0
  #bracketClose = 0

  /** Another buffer, or other places in it. */
  reset(): void {
    this.#newline = -1
    this.#open = 0
    this.#bracket = 0
    this.#bracketClose = 0
  }

  /** Index behind the object that begins at `start`; 0 when it is not flat or its line end is not there yet. */
  endOf(buffer: Buffer, start: number): number {
    if (this.#newline < start) this.#newline = found(buffer.indexOf(NEWLINE, start))
    const newline = this.#newline
    if (newline === Number.POSITIVE_INFINITY) return 0
    const close = buffer[newline - 1] === 0x0d ? newline - 2 : newline - 1
    if (buffer[close] !== CLOSE || buffer.indexOf(CLOSE, start) !== close) return 0
    if (this.#open <= start) this.#open = found(buffer.indexOf(OPEN, start + 1))
    if (this.#bracket <= start) this.#bracket = found(buffer.indexOf(BRACKET, start + 1))
    if (this.#bracketClose <= start) this.#bracketClose = found(buffer.indexOf(BRACKET_CLOSE, start + 1))
    return this.#open > close && this.#bracket > close && this.#bracketClose > close ? close + 1 : 0
  }
}

function found(index: number): number {
  return index === -1 ? Number.POSITIVE_INFINITY : index
}
