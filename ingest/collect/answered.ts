import { REPEAT_WINDOW_MS } from '../../services/domain/block.ts'

interface Told {
  /** How many equal bodies came before this one and were new. */
  count: number
  /** The last of them was answered 200 on a socket that stayed alive: its sender knows. */
  heard: boolean
  /** Records tell themselves apart (request ids, sub-second times): an equal body is a resend, always. */
  distinct: boolean
  at: number
}

/**
 * Tells an honest equal body from a resend (design §6). Where records carry no request id and no sub-second
 * time, two requests in one second look alike; a body equal to one whose sender heard our 200 is a new one and
 * its key gets a count. What this forgets (restart, more than `limit` bodies, W) is taken for a resend: at worst
 * a count is too low, never who, first or last.
 */
export class AnsweredBodies {
  readonly #told = new Map<string, Told>()
  readonly #limit: number

  constructor(limit = 50_000) {
    this.#limit = limit
  }

  /** The count to put into the key of a body that arrives now: 0 for the first of its kind or a resend of it. */
  arrive(digest: string, now: number): number {
    const told = this.#told.get(digest)
    if (told === undefined || now - told.at > REPEAT_WINDOW_MS) {
      this.#remember(digest, { count: 0, heard: false, distinct: true, at: now })
      return 0
    }
    if (told.heard && !told.distinct) {
      told.count += 1
      told.heard = false
    }
    told.at = now
    return told.count
  }

  /** What its records looked like, once read. */
  read(digest: string, distinct: boolean): void {
    const told = this.#told.get(digest)
    if (told !== undefined) told.distinct = distinct
  }

  /** Its 200 went out whole and the socket was alive afterwards. */
  heard(digest: string): void {
    const told = this.#told.get(digest)
    if (told !== undefined) told.heard = true
  }

  #remember(digest: string, told: Told): void {
    this.#told.delete(digest)
    this.#told.set(digest, told)
    if (this.#told.size > this.#limit) {
      const oldest = this.#told.keys().next().value
      if (oldest !== undefined) this.#told.delete(oldest)
    }
  }
}
