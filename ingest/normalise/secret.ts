import { isWordLike } from '../../services/domain/word-like.ts'

// Prefixes by which makers mark their keys, and the begin of a JWT (`{"` in base64url). The last form also where a cut
// record glued a key to a word before it: unlike `task_live_…`, what follows has digits.
const MARKED =
  /(?<![A-Za-z0-9])(?:[spr]k_(?:live|test|prod)_|sk-[A-Za-z0-9]|whsec_|gh[opusr]_[A-Za-z0-9]|github_pat_|glpat-|xox[a-z]-|npm_[A-Za-z0-9]{8}|shp[a-z]{2}_[A-Fa-f0-9]|dop_v1_|hf_[A-Za-z0-9]{8}|A[KS]IA[A-Z0-9]{8}|AIza[A-Za-z0-9_-]{8}|ya29\.|SG\.[A-Za-z0-9_-]{8}|eyJ[A-Za-z0-9_-]{6})|[spr]k_(?:live|test|prod)_(?=[A-Za-z]{0,32}\d)[A-Za-z0-9]{10}/i
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
// Ids that many systems give out in the open: MongoDB's ObjectId, ULID of our times.
const PLAIN_ID = /^(?:[0-9a-f]{24}|0[0-3][0-9A-HJKMNP-TV-Z]{24})$/

/** Does it carry the mark of a key's maker, or begin a JWT? */
export function isMarkedSecret(text: string): boolean {
  return MARKED.test(text)
}

/** A text that was meant to be read may hold a secret: marked, or 16 and more characters that look random. */
export function looksSecret(text: string): boolean {
  return text.length >= 12 && (MARKED.test(text) || randomCharacters(text) >= 16)
}

/** An identity may be an id of any make, but not a key: marked, or 20 and more random characters that are no UUID, ObjectId or ULID. */
export function looksLikeKey(text: string): boolean {
  if (MARKED.test(text)) return true
  return text.length >= 20 && !UUID.test(text) && !PLAIN_ID.test(text) && randomCharacters(text) >= 20
}

const LONGEST_PLAIN = 64
const DIGITS = 11

/**
 * May this path segment's value not be kept? Marked keys, anything random from 8 characters on (UUIDs and hashes too),
 * 11 and more digits in a row, e-mail addresses, what speaks of secrets, anything over 64 characters. Plain ids may stay.
 */
export function looksPrivate(segment: string): boolean {
  if (segment.length < 6) return false
  if (segment.length > LONGEST_PLAIN) return true
  let digits = 0
  let run = 0
  let at = -1
  for (let i = 0; i < segment.length; i++) {
    const code = segment.charCodeAt(i)
    if (code >= 0x30 && code <= 0x39) {
      digits++
      if (++run >= DIGITS) return true
    } else {
      run = 0
      if (code === 0x40) at = i
      else if (code === 0x2e && at >= 0) return true
    }
  }
  if (digits === segment.length) return false
  return MARKED.test(segment) || randomCharacters(segment) >= 8 || /secret|passw|token|bearer/i.test(segment)
}

/**
 * How many characters stand in runs of letters and digits that look random: letters and digits by turns, or six and
 * more letters that are no words. Runs under 5 characters do not count.
 */
function randomCharacters(text: string): number {
  let sum = 0
  let from = -1
  for (let i = 0; i <= text.length; i++) {
    if (i < text.length && isAlphanumeric(text.charCodeAt(i))) {
      if (from < 0) from = i
    } else if (from >= 0) {
      if (i - from >= 5 && looksRandom(text, from, i)) sum += i - from
      from = -1
    }
  }
  return sum
}

function looksRandom(text: string, from: number, to: number): boolean {
  let turns = 0
  let letters = 0
  let before = 0
  for (let i = from; i < to; i++) {
    const kind = isDigit(text.charCodeAt(i)) ? 1 : 2
    if (kind === 2) letters++
    if (before !== 0 && kind !== before) turns++
    before = kind
  }
  if (turns >= 2 || (turns === 1 && to - from >= 24)) return true
  return letters >= 6 && !isWordLike(text.slice(from, to))
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function isAlphanumeric(code: number): boolean {
  const lower = code | 0x20
  return isDigit(code) || (lower >= 0x61 && lower <= 0x7a)
}
