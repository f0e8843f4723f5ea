/**
 * Bytes that uploads may hold at once. Whoever would go over is refused at once (503, Retry-After) instead of
 * waiting: memory stays flat when the topic is slow or gone.
 */
export class ByteBudget {
  readonly limit: number
  #held = 0

  constructor(limit: number) {
    this.limit = limit
  }

  get held(): number {
    return this.#held
  }

  /** False when it does not fit. One upload alone always fits: a limit below one body would refuse it for ever. */
  take(bytes: number): boolean {
    if (this.#held > 0 && this.#held + bytes > this.limit) return false
    this.#held += bytes
    return true
  }

  give(bytes: number): void {
    this.#held -= bytes
  }
}
