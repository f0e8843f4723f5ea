import type { Source } from '../../services/domain/catalogue.ts'

/** Seconds of its rate that a sender may use at once: shippers flush in bursts. */
const BURST_S = 2

/**
 * A token bucket that may go into debt: one that is full lets anything pass, so that no limit refuses a body for ever.
 * Units are whatever `rate` counts, by second; `now` is milliseconds UTC.
 */
export class Bucket {
  rate: number
  #level: number
  #at: number

  constructor(rate: number, now: number) {
    this.rate = rate
    this.#level = rate * BURST_S
    this.#at = now
  }

  /** Whole seconds, at least 1, until `amount` passes; 0 when it does now. Takes nothing. */
  wait(amount: number, now: number): number {
    const most = this.rate * BURST_S
    // A clock that was set back gives nothing, and takes nothing.
    this.#level = Math.min(most, this.#level + (Math.max(0, now - this.#at) / 1000) * this.rate)
    this.#at = now
    const missing = Math.min(amount, most) - this.#level
    return missing <= 0 ? 0 : Math.max(1, Math.ceil(missing / this.rate))
  }

  take(amount: number): void {
    this.#level -= amount
  }
}

interface Buckets {
  bytes: Bucket | undefined
  uploads: Bucket | undefined
}

/** What each source has used of its limits (`limits` in the catalogue), in this process. */
export class SourceRates {
  readonly #of = new Map<string, Buckets>()

  /**
   * May an upload of `bytes` as sent (undefined: nobody knows yet) come in now? 0 when it may, and is counted; else the
   * whole seconds after which it may. Limits changed by a reload hold at once.
   */
  admit(source: Source, bytes: number | undefined, now: number): number {
    const { bytesPerSecond, uploadsPerSecond } = source.limits
    if (bytesPerSecond === undefined && uploadsPerSecond === undefined) return 0
    const held = this.#of.get(source.id) ?? { bytes: undefined, uploads: undefined }
    this.#of.set(source.id, held)
    held.bytes = at(held.bytes, bytesPerSecond, now)
    held.uploads = at(held.uploads, uploadsPerSecond, now)
    const wait = Math.max(held.bytes?.wait(bytes ?? 1, now) ?? 0, held.uploads?.wait(1, now) ?? 0)
    if (wait > 0) return wait
    held.bytes?.take(bytes ?? 0)
    held.uploads?.take(1)
    return 0
  }

  /** Counts the bytes of an upload that did not announce them. */
  charge(source: Source, bytes: number): void {
    this.#of.get(source.id)?.bytes?.take(bytes)
  }
}

function at(bucket: Bucket | undefined, rate: number | undefined, now: number): Bucket | undefined {
  if (rate === undefined || bucket?.rate === rate) return rate === undefined ? undefined : bucket
  return new Bucket(rate, now)
}
