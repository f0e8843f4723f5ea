import { isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { isNobody } from './nobody.ts'
import { looksSecret } from './secret.ts'

/**
 * A host as catalogues write it: lower-case, without port, userinfo, trailing dot or brackets; international names in
 * their ASCII form. '' for what is none (`-`, nginx's `_`, a list, anything with odd characters) and for what may be a secret.
 */
export function normaliseHost(logged: string): string {
  if (logged === '' || logged.length > 300) return ''
  let host = logged.trim().toLowerCase()
  host = host.slice(host.lastIndexOf('@') + 1)
  if (host.startsWith('[')) {
    const address = host.slice(1, host.indexOf(']'))
    return isIPv6(address) ? address : ''
  }
  if (isIPv6(host)) return host
  const colon = host.indexOf(':')
  if (colon >= 0) {
    if (!/^:\d{0,5}$/.test(host.slice(colon))) return ''
    host = host.slice(0, colon)
  }
  if (host.endsWith('.')) host = host.slice(0, -1)
  if (isNobody(host) || host === '_') return ''
  if (/[^\x00-\x7f]/.test(host)) host = domainToASCII(host)
  return host.length <= 253 && /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(host) && !host.split('.').some(looksSecret)
    ? host
    : ''
}
