import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/** Tokens are known by the hex SHA-256 of their text only. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex')
}

/** Headers that are a token by themselves: Firehose's access key, and what a sender without a say in `Authorization` can set. */
const TOKEN_HEADERS = ['x-amz-firehose-access-key', 'x-api-key']

/**
 * The token a sender carries: bearer, Splunk's scheme, the password of Basic, Firehose's access key or `X-Api-Key`; ''
 * when none. At most 4,096 bytes are read. Never from the address: every sender known can set a header, and addresses
 * stand in the logs of proxies.
 */
export function tokenOf(headers: IncomingHttpHeaders): string {
  for (const name of TOKEN_HEADERS) {
    const value = headers[name]
    if (typeof value === 'string' && value !== '') return value.slice(0, 4096)
  }
  const authorization = (headers.authorization ?? '').slice(0, 8192)
  const space = authorization.indexOf(' ')
  const scheme = authorization.slice(0, space).toLowerCase()
  const rest = authorization.slice(space + 1).trim()
  if (scheme === 'bearer' || scheme === 'splunk') return rest
  if (scheme !== 'basic') return ''
  const pair = Buffer.from(rest, 'base64').toString('utf8')
  return pair.slice(pair.indexOf(':') + 1)
}

/** Digests that count for a source: its own where it has some, else those of the whole installation. */
export function tokensFor(own: readonly string[], ingest: readonly string[]): readonly string[] {
  return own.length > 0 ? own : ingest
}

/** A fresh token: 256 random bits, behind a prefix by which scanners for leaked secrets find it. */
export function newToken(): string {
  return `lct_${randomBytes(32).toString('base64url')}`
}

/** Compares in constant time with each known digest. */
export function tokenAllowed(token: string, digests: readonly string[]): boolean {
  if (token === '') return false
  const given = Buffer.from(tokenDigest(token), 'hex')
  let allowed = false
  for (const digest of digests) {
    const known = Buffer.from(digest, 'hex')
    if (known.length === given.length && timingSafeEqual(known, given)) allowed = true
  }
  return allowed
}

export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'))
}

/**
 * A request that may pass without a token: from this machine, to a loopback name, not handed on by a proxy.
 * The Host check stops web pages that rebind a name of theirs to 127.0.0.1.
 */
export function isLocalRequest(remoteAddress: string | undefined, headers: IncomingHttpHeaders): boolean {
  if (!isLoopback(remoteAddress)) return false
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined || headers['x-real-ip'] !== undefined)
    return false
  return isLoopbackHost(headers.host ?? '')
}

function isLoopbackHost(host: string): boolean {
  const name = host.startsWith('[') ? host.slice(1, host.indexOf(']')) : (host.split(':')[0] ?? '')
  return name === 'localhost' || isLoopback(name)
}
