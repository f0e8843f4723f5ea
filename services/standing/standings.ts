import type { Catalogue, Deprecation } from '../domain/catalogue.ts'
import type { Clock } from '../domain/clock.ts'
import type { UsageReader } from '../domain/usage.ts'
import { holeDays } from '../migration/holes.ts'
import { type DeprecationStanding, lastCompleteDay, standingOf } from './standing.ts'

const DAY = 86_400_000
/** Rhythms are learnt from 13 months. */
const MEMORY_DAYS = 400

export interface StandingsOptions {
  readonly catalogue: () => Catalogue
  readonly reader: UsageReader
  readonly clock: Clock
  /** An answer may be this old; 0 asks every time. */
  readonly maxAgeMs: number
}

/** Where every deprecation stands, asked of ClickHouse and kept for a moment: many readers, one question. */
export class Standings {
  readonly #options: StandingsOptions
  readonly #kept = new Map<
    string,
    { readonly revision: string; readonly at: number; readonly standing: Promise<DeprecationStanding | undefined> }
  >()

  constructor(options: StandingsOptions) {
    this.#options = options
  }

  /** Soonest sunset first, those without a date last. */
  async all(): Promise<readonly DeprecationStanding[]> {
    const standings: DeprecationStanding[] = []
    for (const id of this.#options.catalogue().deprecations.keys()) {
      const standing = await this.of(id)
      if (standing !== undefined) standings.push(standing)
    }
    return standings.sort((a, b) => urgency(a) - urgency(b) || (a.deprecation.id < b.deprecation.id ? -1 : 1))
  }

  /** Undefined when the catalogue has no such deprecation. */
  async of(id: string): Promise<DeprecationStanding | undefined> {
    const { catalogue, clock, maxAgeMs } = this.#options
    const { revision } = catalogue()
    const now = clock.now()
    const kept = this.#kept.get(id)
    if (kept !== undefined && kept.revision === revision && now - kept.at < maxAgeMs) return kept.standing
    const standing = this.#ask(catalogue(), id, now)
    this.#kept.set(id, { revision, at: now, standing })
    standing.catch(() => this.#kept.delete(id))
    return standing
  }

  async #ask(catalogue: Catalogue, id: string, now: number): Promise<DeprecationStanding | undefined> {
    const deprecation = catalogue.deprecations.get(id)
    const api = deprecation === undefined ? undefined : catalogue.apis.get(deprecation.api)
    if (deprecation === undefined || api === undefined) return undefined
    const { reader } = this.#options
    const since = Temporal.Instant.fromEpochMilliseconds(Math.floor(now - MEMORY_DAYS * DAY))
      .toString()
      .slice(0, 10)
    const [usage, days, holes] = [
      await reader.consumersOf(deprecation, now),
      await reader.activeDays(deprecation, since),
      await this.#holes(deprecation, now),
    ]
    return standingOf(catalogue, deprecation, api, usage, days, holes, now)
  }

  async #holes(deprecation: Deprecation, now: number): Promise<ReadonlySet<string>> {
    const { reader } = this.#options
    const feeding = await reader.feedingSources(deprecation.api, now)
    return holeDays(await reader.sourceHours(now - MEMORY_DAYS * DAY), feeding, lastCompleteDay(now))
  }
}

const urgency = (standing: DeprecationStanding): number => standing.countdown.daysLeft ?? Number.MAX_SAFE_INTEGER
