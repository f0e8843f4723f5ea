import { looksSecret } from './secret.ts'

const CONTROLS = /[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g
const MAIL = /[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}/g
const NAMED =
  /\b((?:api[-_]?)?key|[a-z_-]{0,12}token|secret|passw(?:or)?d|authorization|auth|signature|sig|session(?:id)?|jsessionid)(\s?[=:]\s?)[^\s;,&)]{1,512}/gi
const SCHEME = /\b(bearer|basic)\s+[^\s;,)]{1,512}/gi
const TOKEN = /[A-Za-z0-9._~+/=@-]{12,}/g

/**
 * Text of a header as it may be kept: one line, well-formed, no secrets: values after names such as `token=`,
 * `Bearer …`, e-mail addresses, 13 and more digits, and anything that looks like a key become `{}`.
 */
export function scrubText(text: string): string {
  return text
    .replace(CONTROLS, ' ')
    .toWellFormed()
    .replace(SCHEME, '$1 {}')
    .replace(NAMED, '$1$2{}')
    .replace(MAIL, '{}')
    .replace(TOKEN, scrubToken)
    .trim()
}

/** At most `limit` UTF-16 units, never half a character. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  const code = text.charCodeAt(limit - 1)
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? limit - 1 : limit)
}

// `MyApp/sk_live_…`: the name may stay, unless the whole is one token with slashes in it.
function scrubToken(token: string): string {
  const parts = token.split('/').map(part => (looksSecret(part) || /\d{13}/.test(part) ? '{}' : part))
  const scrubbed = parts.join('/')
  return looksSecret(scrubbed) ? '{}' : scrubbed
}
