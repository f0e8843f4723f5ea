import type { Catalogue } from '../domain/catalogue.ts'
import type { Clock } from '../domain/clock.ts'
import type { UsageDetails, UsageReader } from '../domain/usage.ts'
import { healthOf, type SourceHealth } from './source-health.ts'

/** How far back a source is looked at. */
export const LOOKED_MS = 7 * 86_400_000

export interface SourcesOptions {
  readonly catalogue: () => Catalogue
  readonly reader: Pick<UsageReader & UsageDetails, 'sourceHours' | 'sourceWeights'>
  readonly clock: Clock
  /** An answer may be this old; 0 asks every time. */
  readonly maxAgeMs: number
}

/** How every source does, asked of ClickHouse and kept for a moment: board, API and metrics ask alike. */
export class Sources {
  readonly #options: SourcesOptions
  #kept: { readonly revision: string; readonly at: number; readonly all: Promise<readonly SourceHealth[]> } | undefined

  constructor(options: SourcesOptions) {
    this.#options = options
  }

  all(): Promise<readonly SourceHealth[]> {
    const { catalogue, clock, maxAgeMs } = this.#options
    const { revision } = catalogue()
    const now = clock.now()
    const kept = this.#kept
    if (kept !== undefined && kept.revision === revision && now - kept.at < maxAgeMs) return kept.all
    const all = this.#ask(now)
    this.#kept = { revision, at: now, all }
    all.catch(() => {
      this.#kept = undefined
    })
    return all
  }

  async #ask(now: number): Promise<readonly SourceHealth[]> {
    const { catalogue, reader } = this.#options
    const since = now - LOOKED_MS
    const hours = await reader.sourceHours(since)
    const day = Temporal.Instant.fromEpochMilliseconds(Math.floor(since)).toString().slice(0, 10)
    return healthOf(catalogue().sources.values(), hours, await reader.sourceWeights(day), now)
  }
}
