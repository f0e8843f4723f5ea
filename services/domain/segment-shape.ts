import { isWordLike } from './word-like.ts'

/** Ends of file names that say a representation, not an id: they stay visible in an inferred template (`{}.json`). */
const EXTENSIONS = new Set(
  'json jsonl ndjson xml csv tsv html htm txt md pdf php jsp asp aspx js mjs css map ico png jpg jpeg gif svg webp zip gz tar yaml yml wsdl xsd ics atom rss woff woff2'.split(
    ' ',
  ),
)

/** Segments after which a secret stands in many APIs: what follows is never kept, word or not. Lower-case, `-` and `_` left out. */
const SECRETS_FOLLOW = new Set(
  (
    'key keys apikey apikeys accesskey accesskeys token tokens accesstoken accesstokens apitoken apitokens refreshtoken refreshtokens ' +
    'reset resetpassword passwordreset resets password passwords secret secrets session sessions invite invites invitation invitations ' +
    'magic magiclink magiclinks verify verification verifyemail emailverification confirm confirmation confirmations activate activation ' +
    'unsubscribe otp otps passcode passcodes credential credentials jwt signature signed shared sharelink ticket onetime'
  ).split(' '),
)

/** What ingest stores where a cap was reached, or what was no name: any name, and whatever came after it. */
export const OTHER = '__other__'

const MAX_LITERAL = 40
const MAX_WORDS = 6

/**
 * What an unknown path shows of one decoded segment: the segment itself when it is plainly a name (`orders`,
 * `order-items`, `v2.2`, `openapi.json`), else `{}`, with a file's end or, in the path's last segment, a custom method
 * kept (`{}.json`, `{}:activate`).
 * An allow-list: ids, UUIDs, hashes, e-mails, anything long, with digits or not word-like becomes `{}`.
 * `hidden`: the segment before says that secrets follow (secretsFollow), so that no name is kept either.
 * A function of the segment and its place alone, so that stored names can be judged later (things.ts): a change here is a change of stored names.
 */
export function segmentShape(segment: string, last: boolean, hidden: boolean): string {
  if (segment === '' || (!hidden && (isName(segment) || isVersion(segment)))) return segment
  const colon = last ? segment.lastIndexOf(':') : -1
  if (colon >= 0 && isCustomMethod(segment, colon)) {
    const method = segment.slice(colon + 1)
    const before = segment.slice(0, colon)
    return `${before === '' || (!hidden && isName(before)) ? before : '{}'}:${isName(method) ? method : OTHER}`
  }
  const dot = segment.lastIndexOf('.')
  if (dot > 0 && segment.length - dot <= 7 && EXTENSIONS.has(segment.slice(dot + 1))) return `{}${segment.slice(dot)}`
  return '{}'
}

/** Does a secret often stand after this segment (`keys`, `reset-password`, `invites`)? Compared without case, `-` and `_`. */
export function secretsFollow(segment: string): boolean {
  if (segment.length < 3 || segment.length > 24) return false
  if (SECRETS_FOLLOW.has(segment)) return true
  // Most segments are plain lower-case words or ids: nothing to fold.
  return !isLowerCase(segment) && SECRETS_FOLLOW.has(segment.toLowerCase().replaceAll('-', '').replaceAll('_', ''))
}

/** `v1`, `v2.2`: the form of a version in a path. */
export function isVersion(segment: string): boolean {
  if (segment.length < 2 || segment.length > 16 || segment.charCodeAt(0) !== 0x76) return false
  let digits = 0
  for (let i = 1; i < segment.length; i++) {
    const code = segment.charCodeAt(i)
    if (code >= 0x30 && code <= 0x39) digits++
    else if (code === 0x2e && digits > 0 && i + 1 < segment.length) digits = 0
    else return false
  }
  return digits > 0
}

/** Does the text after `colon` read as a custom method (`12:activate`): a letter or `_`, then letters, `-` or `_`, to the end? */
export function isCustomMethod(segment: string, colon: number = segment.lastIndexOf(':')): boolean {
  if (colon < 0 || colon + 1 === segment.length || segment.charCodeAt(colon + 1) === 0x2d) return false
  for (let i = colon + 1; i < segment.length; i++) {
    const code = segment.charCodeAt(i)
    if (!isLetter(code) && code !== 0x2d && code !== 0x5f) return false
  }
  return true
}

/** Words of ASCII letters joined by `-`, `_`, `.` or `~`, each with at most one digit at its end (`oauth2`), and word-like. */
export function isName(text: string): boolean {
  if (text.length === 0 || text.length > MAX_LITERAL) return false
  let letters = 0
  let words = 0
  let digit = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (isLetter(code)) {
      if (digit) return false
      if (letters++ === 0) words++
    } else if (code >= 0x30 && code <= 0x39) {
      if (letters === 0 || digit) return false
      digit = true
    } else if (code === 0x2d || code === 0x5f || code === 0x2e || code === 0x7e) {
      letters = 0
      digit = false
    } else return false
  }
  return words > 0 && words <= MAX_WORDS && !KEY_PREFIX.test(text) && isWordLike(text)
}

// A key may have an all-letter body (`sk_live_` and letters): its maker's prefix gives it away.
const KEY_PREFIX =
  /^(?:sk|pk|rk|whsec|ghp|gho|ghu|ghs|ghr|github_pat|glpat|xox[a-z]|npm|shp[a-z]{2}|dop_v1|AKIA|ASIA|AIza|ya29|eyJ|SG\.)[-_.A-Za-z0-9]/

function isLowerCase(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x2d || code === 0x5f || (code >= 0x41 && code <= 0x5a)) return false
  }
  return true
}

function isLetter(code: number): boolean {
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x7a
}
