import type { Source } from '../../services/domain/catalogue.ts'
import { headerOf, type IdentityKind, type RawCall } from '../../services/domain/raw-call.ts'
import { basicUser, bearerJwt, keyIn } from './credential.ts'
import { jwtIdentity } from './jwt.ts'
import type { KeyDigest } from './key-digest.ts'
import { isNobody } from './nobody.ts'
import { Recent } from './recent.ts'
import { looksLikeKey } from './secret.ts'
import { queryValue } from './target.ts'

/** Two consumer ids of one key: under an earlier pepper and under the one in use. */
export interface Alias {
  readonly from: string
  readonly to: string
}

const LONGEST_VALUE = 128
/** Credentials remembered with what they came to; twice as many at most. */
const REMEMBERED = 10_000
/** A longer one is not remembered: memory is for keys. */
const LONGEST_REMEMBERED = 512

/** What one logged credential came to: the key in it, its digest, and the consumer who has nothing but it. */
interface KnownKey {
  readonly secret: string
  readonly key: string
  readonly consumer: string
}
const NO_KEY: KnownKey = { secret: '', key: '', consumer: '' }

/**
 * Who called, by what one source's records can prove, in this order: what the gateway asserts, headers the source
 * declares trusted, the key. A call answered 401 or 403 proves nobody, and a placeholder names nobody.
 */
export class Identities {
  readonly #source: Source
  readonly #digest: KeyDigest
  readonly #onAlias: ((alias: Alias) => void) | undefined
  readonly #told = new Recent<true>(10_000)
  readonly #known = new Recent<KnownKey>(REMEMBERED)
  /** The header the source's key stands in, lower-case; '' when it stands elsewhere. */
  readonly #keyHeader: string
  readonly #trusted: readonly { readonly name: string; readonly kind: IdentityKind }[]
  /** Results of the last `read`. */
  consumer = ''
  key = ''

  constructor(source: Source, digest: KeyDigest, onAlias?: (alias: Alias) => void) {
    this.#source = source
    this.#digest = digest
    this.#onAlias = onAlias
    this.#keyHeader = source.key !== undefined && 'header' in source.key ? source.key.header.toLowerCase() : ''
    this.#trusted = source.trustedHeaders.map(name => ({
      name,
      kind: name.startsWith('x-consumer-') ? 'consumer' : 'user',
    }))
  }

  /** Sets `consumer` (`<realm>:<kind>:<value>`) and `key` (`<pepper id>.<hex>`), each '' when there is none. */
  read(raw: RawCall, query: string, status: number): void {
    this.consumer = ''
    this.key = ''
    if (status === 401 || status === 403) return
    const { secret, key, consumer } = this.#keyOf(raw, query)
    this.key = key
    this.consumer = this.#asserted(raw) || this.#trustedHeader(raw) || consumer
    if (secret !== '' && this.#onAlias !== undefined) this.#tellAliases(secret, this.#onAlias)
  }

  #asserted(raw: RawCall): string {
    for (const identity of raw.identities) {
      const id = this.#id(identity.kind, identity.value)
      if (id !== '') return id
    }
    return ''
  }

  #trustedHeader(raw: RawCall): string {
    if (this.#trusted.length === 0 || raw.requestHeaders === undefined) return ''
    const anonymous = headerOf(raw, 'x-anonymous-consumer').trim().toLowerCase() === 'true'
    for (const { name, kind } of this.#trusted) {
      if (anonymous && kind === 'consumer') continue
      const value = headerOf(raw, name)
      if (value === '') continue
      const id = name === 'authorization' ? this.#authorization(value) : this.#id(kind, value)
      if (id !== '') return id
    }
    return ''
  }

  #authorization(value: string): string {
    const token = bearerJwt(value)
    if (token !== '') {
      const identity = jwtIdentity(token)
      return identity === undefined ? '' : this.#id(identity.kind, identity.value)
    }
    return /^basic\s/i.test(value) ? this.#id('user', basicUser(value.slice(6).trim())) : ''
  }

  #id(kind: IdentityKind, logged: string): string {
    const value = logged.trim()
    if (isNobody(value)) return ''
    const plain =
      value.length <= LONGEST_VALUE &&
      !/[\x00-\x1f\x7f-\x9f]/.test(value) &&
      value.isWellFormed() &&
      !looksLikeKey(value)
    return `${this.#source.realm}:${kind}:${plain ? value : this.#digest.digest(value)}`
  }

  #keyOf(raw: RawCall, query: string): KnownKey {
    const own = raw.apiKey === '' ? NO_KEY : this.#keyIn(raw.apiKey, '')
    if (own.secret !== '') return own
    if (this.#keyHeader !== '') return this.#keyIn(headerOf(raw, this.#keyHeader), this.#keyHeader)
    const place = this.#source.key
    if (place === undefined || query === '' || !('query' in place)) return NO_KEY
    return this.#keyIn(queryValue(query, place.query), place.query)
  }

  /** Callers come again and again: one look-up finds key and consumer as the very texts of the calls before. */
  #keyIn(logged: string, place: string): KnownKey {
    if (logged === '') return NO_KEY
    // No header's name and no parameter's has a NUL in it.
    const name = place === '' ? logged : `${place}\0${logged}`
    const found = this.#known.get(name)
    if (found !== undefined) return found
    const secret = keyIn(logged, place)
    const key = secret === '' ? '' : this.#digest.digest(secret)
    const known = secret === '' ? NO_KEY : { secret, key, consumer: `${this.#source.realm}:key:${key}` }
    if (name.length <= LONGEST_REMEMBERED) this.#known.set(name, known)
    return known
  }

  #tellAliases(secret: string, onAlias: (alias: Alias) => void): void {
    if (this.#told.get(this.key) !== undefined) return
    this.#told.set(this.key, true)
    const { realm } = this.#source
    for (const earlier of this.#digest.earlier(secret))
      onAlias({ from: `${realm}:key:${earlier}`, to: `${realm}:key:${this.key}` })
  }
}
