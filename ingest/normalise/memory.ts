import { OTHER } from '../../services/domain/segment-shape.ts'
import { InferredNames } from '../match/inferred-names.ts'

const DAY_MS = 86_400_000
const AGENTS_PER_SOURCE = 10_000
const HEADERS_PER_SOURCE = 1_000
const METHODS = 20
const VERSIONS_PER_API = 100
/** Hosts that are APIs of their own where there is no catalogue. */
const OPEN_HOSTS = 1_000

/**
 * What has been seen in a UTC day of receipt, so that texts an attacker chooses cannot make columns grow without end:
 * beyond a cap a value is stored as `__other__`. One value serves all sources of a process and outlives a reload.
 */
export class NormaliserMemory {
  #day = 0
  #generation = 0
  readonly #names = new Map<string, InferredNames>()
  readonly #seen = new Map<string, Set<string>>()

  /** Grows when a day has passed and everything was forgotten. */
  get generation(): number {
    return this.#generation
  }

  /** To be told of time: milliseconds UTC of receipt. A new day forgets all, so that a day's flood does not last. */
  turn(received: number): void {
    const day = Math.floor(received / DAY_MS)
    if (!(day > this.#day)) return
    this.#day = day
    this.#generation++
    this.#seen.clear()
    this.#names.clear()
  }

  namesOf(api: string): InferredNames {
    let names = this.#names.get(api)
    if (names === undefined) {
      names = new InferredNames()
      this.#names.set(api, names)
    }
    return names
  }

  agent = (source: string, agent: string): string => this.#keep(`agent ${source}`, agent, AGENTS_PER_SOURCE)
  header = (source: string, name: string, value: string): string =>
    this.#keep(`${name} ${source}`, value, HEADERS_PER_SOURCE)
  version = (api: string, version: string): string => this.#keep(`version ${api}`, version, VERSIONS_PER_API)
  method = (method: string): string => this.#keep('method', method, METHODS)
  openHost = (host: string): string => this.#keep('host', host, OPEN_HOSTS)

  #keep(kind: string, value: string, most: number): string {
    if (value === '') return ''
    let seen = this.#seen.get(kind)
    if (seen === undefined) {
      seen = new Set()
      this.#seen.set(kind, seen)
    }
    if (seen.has(value)) return value
    if (seen.size >= most) return OTHER
    seen.add(value)
    return value
  }
}
