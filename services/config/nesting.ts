const LIMIT = 1_000

/**
 * Whether a YAML text nests more than a thousand levels deep: open brackets, or list marks in a row (`- - - -`).
 * Told before parsing, for the parser keeps a frame for each level and a megabyte of "[" takes all memory. Brackets
 * inside texts are counted too; a thousand of them never closed is no text anyone writes.
 */
export function nestsTooDeeply(text: string): boolean {
  let open = 0
  let marks = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5b || code === 0x7b) open++
    else if ((code === 0x5d || code === 0x7d) && open > 0) open--
    if ((code === 0x2d || code === 0x3f) && text.charCodeAt(at + 1) === 0x20) marks++
    else if (code !== 0x20) marks = 0
    if (open > LIMIT || marks > LIMIT) return true
  }
  return false
}
