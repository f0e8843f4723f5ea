import { isWordLike } from '../../services/domain/word-like.ts'

/** Methods of RFC 9110, 5789, 10008 (QUERY), WebDAV and caches. */
const KNOWN = new Set(
  (
    'GET POST PUT PATCH DELETE HEAD OPTIONS TRACE CONNECT QUERY PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH ACL ' +
    'CHECKOUT CHECKIN MERGE MKACTIVITY BIND REBIND UNBIND LINK UNLINK PURGE BAN REFRESH SUBSCRIBE UNSUBSCRIBE NOTIFY'
  ).split(' '),
)

const LONGEST = 32
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Z-]+$/

export type Method = { readonly kind: 'known' | 'odd'; readonly name: string } | { readonly kind: 'none' }
const NONE: Method = { kind: 'none' }

/**
 * A method as logged, upper-cased: known, odd (a token of RFC 9110 §5.6.2 up to 32 characters; `name` is '' when it is
 * no word and may be a secret), or none at all.
 */
export function readMethod(logged: string): Method {
  if (logged.length === 0 || logged.length > LONGEST) return NONE
  const name = logged.toUpperCase()
  if (KNOWN.has(name)) return { kind: 'known', name }
  if (!TOKEN.test(name)) return NONE
  return { kind: 'odd', name: name.length <= 16 && /^[A-Z][A-Z_-]*$/.test(name) && isWordLike(name) ? name : '' }
}
