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

/**
 * Who called, by what one source's records can prove, in this order: what the gateway asserts, headers the source
 * declares trusted, the key. A call answered 401 or 403 proves nobody, and a placeholder names nobody.
 */
export class Identities {
  readonly #source: Source
  readonly #digest: KeyDigest
  readonly #onAlias: ((alias: Alias) => void) | undefined
  readonly #told = new Recent<true>(10_000)
  readonly #trusted: readonly { readonly name: string; readonly kind: IdentityKind }[]
  /** Results of the last `read`. */
  consumer = ''
  key = ''

  constructor(source: Source, digest: KeyDigest, onAlias?: (alias: Alias) => void) {
    this.#source = source
    this.#digest = digest
    this.#onAlias = onAlias
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
    const secret = this.#keyOf(raw, query)
    if (secret !== '') this.key = this.#digest.digest(secret)
    this.consumer = this.#asserted(raw) || this.#trustedHeader(raw)
    if (this.consumer === '' && this.key !== '') this.consumer = `${this.#source.realm}:key:${this.key}`
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

  #keyOf(raw: RawCall, query: string): string {
    const own = raw.apiKey === '' ? '' : keyIn(raw.apiKey, '')
    if (own !== '') return own
    const place = this.#source.key
    if (place === undefined) return ''
    if ('query' in place) return query === '' ? '' : keyIn(queryValue(query, place.query), place.query)
    const header = place.header.toLowerCase()
    return keyIn(headerOf(raw, header), header)
  }

  #tellAliases(secret: string, onAlias: (alias: Alias) => void): void {
    if (this.#told.get(this.key) !== undefined) return
    this.#told.set(this.key, true)
    const { realm } = this.#source
    for (const earlier of this.#digest.earlier(secret))
      onAlias({ from: `${realm}:key:${earlier}`, to: `${realm}:key:${this.key}` })
  }
}
