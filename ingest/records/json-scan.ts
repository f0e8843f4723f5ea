/** How a scan ended: it needs more bytes, the value is whole, or it broke off and what follows is another record. */
export const MORE = 0
export const CLOSED = 1
export const BROKEN = 2
export type ScanEnd = typeof MORE | typeof CLOSED | typeof BROKEN

const QUOTE = 0x22
const BACKSLASH = 0x5c
const NEWLINE = 0x0a
/** What may stand first on a line in the middle of a JSON value; anything else is the next record, and `{` too. */
const CONTINUES = new Set([...'}]",: \t\r\n'].map(character => character.charCodeAt(0)))

/**
 * Finds the end of one JSON object, array or string in bytes, knowing strings and brackets and nothing else: whether
 * it is JSON is asked later. A raw newline in a string, or one followed by what cannot go on a value, ends it as
 * broken, so that a line cut short never takes its neighbour along. Goes on where it stopped when more bytes come.
 */
export class JsonScan {
  /** Index behind the last byte looked at; behind the value once it is CLOSED; at the newline when BROKEN. */
  at = 0
  #depth = 0
  #inString = false

  /** Starts at the value's first byte, or inside an object with `depth` 1. */
  begin(at: number, depth = 0): void {
    this.at = at
    this.#depth = depth
    this.#inString = false
  }

  /** Scans `buffer[at, to)`. `last`: no bytes will follow. */
  run(buffer: Uint8Array, to: number, last: boolean): ScanEnd {
    let i = this.at
    let depth = this.#depth
    let inString = this.#inString
    let end: ScanEnd = MORE
    let byte = 0
    while (i < to) {
      if (inString) {
        for (; i < to; i++) {
          byte = buffer[i] as number
          if (byte === QUOTE || byte === BACKSLASH || byte === NEWLINE) break
        }
        if (i === to) break
        if (byte === QUOTE) {
          inString = false
          i++
          if (depth > 0) continue
          end = CLOSED
          break
        }
        if (byte === NEWLINE) {
          end = BROKEN
          break
        }
        if (i + 1 === to) break
        // An escaped line end is still a line end.
        i += buffer[i + 1] === NEWLINE ? 1 : 2
        continue
      }
      byte = buffer[i++] as number
      if (byte === QUOTE) inString = true
      else if (byte > 0x5d || byte === 0x5b || byte === 0x5d) {
        if (byte === 0x7b || byte === 0x5b) depth++
        else if (byte === 0x7d || byte === 0x5d) {
          depth--
          if (depth > 0) continue
          end = CLOSED
          break
        }
      } else if (byte === NEWLINE) {
        if (i < to && CONTINUES.has(buffer[i] as number)) continue
        i--
        end = i + 1 < to ? BROKEN : MORE
        break
      }
    }
    this.#depth = depth
    this.#inString = inString
    if (end !== MORE || !last) {
      this.at = i
      return end
    }
    // The line end behind a cut value is not part of it.
    this.at = i < to && byte === NEWLINE ? i : to
    return BROKEN
  }
}
