import { isJwt } from './jwt.ts'
import { isNobody } from './nobody.ts'

const LONGEST = 8_192
const SCHEME = /^(bearer|basic|token|apikey|api-key|key)\s+/i
const AWS = /^AWS4-[A-Z0-9-]+ +Credential=([A-Za-z0-9]+)\//

/**
 * The key inside a logged credential, in its one spelling, so that a key is the same key wherever it is sent: trimmed,
 * case kept, without `Bearer ` and its like; of Basic the user's name (RFC 7617), of an AWS signature the access key id.
 * '' for none: a placeholder, a scheme that changes with each call (Digest, signatures), a JWT (it rotates; see jwt.ts).
 */
export function keyIn(logged: string, header: string): string {
  const text = logged.trim()
  if (isNobody(text) || text.length > LONGEST) return ''
  const scheme = SCHEME.exec(text)
  const key = scheme === null ? text : text.slice(scheme[0].length).trim()
  if (scheme?.[1]?.toLowerCase() === 'basic') return basicUser(key)
  if (isNobody(key)) return ''
  if (header === 'authorization' && scheme === null && key.includes(' ')) return AWS.exec(key)?.[1] ?? ''
  const rotates = isJwt(key) && (scheme !== null || header === '' || header === 'authorization')
  return rotates ? '' : key
}

/** The bearer JWT in an Authorization value, '' when it holds none. */
export function bearerJwt(logged: string): string {
  const text = logged.trim()
  if (text.length > LONGEST * 2) return ''
  const token = text.replace(/^bearer\s+/i, '')
  return isJwt(token) ? token : ''
}

/** The user's name in Basic credentials, '' when there is none. */
export function basicUser(base64: string): string {
  const pair = Buffer.from(base64, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  const user = colon < 0 ? '' : pair.slice(0, colon)
  return isNobody(user) ? '' : user
}
