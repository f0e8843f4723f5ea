import { InferredNames } from '../match/inferred-names.ts'
import { Distinct } from './distinct.ts'

const DAY_MS = 86_400_000

/**
 * What has been seen in a UTC day of receipt, so that texts an attacker chooses cannot make columns grow without end:
 * beyond a cap a value is stored as `__other__`. One value serves all sources of a process and outlives a reload.
 */
export class NormaliserMemory {
  #day = 0
  #generation = 0
  readonly #names = new Map<string, InferredNames>()
  /** User-Agents, by source. */
  readonly agents = new Distinct(10_000)
  /** Values of response headers, by source, one for each header. */
  readonly headers = {
    deprecation: new Distinct(1_000),
    sunset: new Distinct(1_000),
    link: new Distinct(1_000),
    version: new Distinct(1_000),
  } as const
  /** Versions outside the catalogue's paths, by API. */
  readonly versions = new Distinct(100)
  /** Methods that no RFC and no catalogue names. */
  readonly methods = new Distinct(20)
  /** Hosts that are APIs of their own where there is no catalogue. */
  readonly hosts = new Distinct(1_000)

  /** Grows when a day has passed and everything was forgotten. */
  get generation(): number {
    return this.#generation
  }

  /** To be told of time: milliseconds UTC of receipt. A new day forgets all, so that a day's flood does not last. */
  turn(received: number): void {
    if (received < (this.#day + 1) * DAY_MS) return
    const day = Math.floor(received / DAY_MS)
    if (!(day > this.#day)) return
    this.#day = day
    this.#generation++
    this.#names.clear()
    for (const seen of [this.agents, this.versions, this.methods, this.hosts, ...Object.values(this.headers)])
      seen.clear()
  }

  namesOf(api: string): InferredNames {
    let names = this.#names.get(api)
    if (names === undefined) {
      names = new InferredNames()
      this.#names.set(api, names)
    }
    return names
  }
}
