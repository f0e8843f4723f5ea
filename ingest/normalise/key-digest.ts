import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { Pepper, Peppers } from '../../services/domain/pepper.ts'
import { Recent } from './recent.ts'

/** Turns keys into ids that cannot be turned back without the pepper. */
export interface KeyDigest {
  /** `<pepper id>.<32 hex>`: HMAC-SHA-256 of the text's UTF-8 bytes, cut to 128 bits. The same text, the same id. */
  digest(secret: string): string
  /** The same text's ids under the earlier peppers, newest first; empty outside a rotation. */
  earlier(secret: string): readonly string[]
}

const HEX = 32
/** Keys remembered with their digest; twice as many at most. */
const REMEMBERED = 25_000
/** A longer text is not remembered: memory is for keys. */
const LONGEST_REMEMBERED = 512

/** Keyed with a KeyObject: with a plain buffer Node prepares the key anew for each digest. */
export function createKeyDigest(peppers: Peppers): KeyDigest {
  const make = hmacWith(peppers.current)
  const makeEarlier = peppers.earlier.map(hmacWith)
  const recent = new Recent<string>(REMEMBERED)
  return {
    digest(secret) {
      const found = recent.get(secret)
      if (found !== undefined) return found
      const made = make(secret)
      if (secret.length <= LONGEST_REMEMBERED) recent.set(secret, made)
      return made
    },
    earlier: secret => makeEarlier.map(one => one(secret)),
  }
}

function hmacWith(pepper: Pepper): (secret: string) => string {
  const key: KeyObject = createSecretKey(pepper.secret)
  return secret => `${pepper.id}.${createHmac('sha256', key).update(secret, 'utf8').digest('hex').slice(0, HEX)}`
}
