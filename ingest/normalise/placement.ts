import type { Call } from '../../services/domain/call.ts'
import type { Catalogue, Source } from '../../services/domain/catalogue.ts'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { routesOf } from '../../services/domain/routes.ts'
import { OTHER } from '../../services/domain/segment-shape.ts'
import { ApiIndex, hostMatches } from '../match/api-index.ts'
import { ApiMatcher } from '../match/api-matcher.ts'
import { versionOutsidePath } from '../match/version.ts'
import { normaliseHost } from './host.ts'
import type { NormaliserMemory } from './memory.ts'
import type { Method } from './method.ts'
import { Recent } from './recent.ts'
import type { Target } from './target.ts'

const HOSTS_REMEMBERED = 1_000

/** Where a source's calls belong: host, API, operation, version. */
export class Placement {
  readonly #catalogue: Catalogue
  readonly #source: Source
  readonly #memory: NormaliserMemory
  readonly #index: ApiIndex
  readonly #matchers = new Map<string, ApiMatcher>()
  readonly #hosts = new Recent<string>(HOSTS_REMEMBERED)
  readonly #otherHops = new Recent<boolean>(HOSTS_REMEMBERED)
  readonly #hasHops: boolean
  readonly #sourceHost: string
  // Most records come from the same host as the one before.
  #lastLogged = ''
  #lastHost = ''
  #lastMatcher: ApiMatcher | undefined

  constructor(catalogue: Catalogue, source: Source, memory: NormaliserMemory) {
    this.#catalogue = catalogue
    this.#source = source
    this.#memory = memory
    this.#index = new ApiIndex(catalogue)
    this.#sourceHost = normaliseHost(source.host)
    this.#hasHops = [...catalogue.sources.values()].some(
      other => other.id !== source.id && other.authoritative.length > 0,
    )
  }

  /** Of an absolute-form target, else as logged, else the source's own; '' when there is none. */
  hostOf(inTarget: string, logged: string): string {
    return this.#host(inTarget) || this.#host(logged) || this.#sourceHost
  }

  /** Is another source declared authoritative for this host, and this one not by name? */
  isOtherHop(host: string): boolean {
    if (!this.#hasHops || host === '') return false
    let other = this.#otherHops.get(host)
    if (other === undefined) {
      other = authorityFor(this.#catalogue, this.#source, host) !== undefined
      this.#otherHops.set(host, other)
    }
    return other
  }

  /** The API's id; undefined when no API has the host. */
  apiOf(host: string): string | undefined {
    const api = this.#index.apiOf(host)
    return api !== undefined && this.#catalogue.open ? this.#memory.hosts.keep('', api) : api
  }

  /** Sets api, operation, matched, mapRev, version and path. */
  place(
    call: Call,
    api: string,
    host: string,
    method: Exclude<Method, { kind: 'none' }>,
    target: Target,
    raw: RawCall,
    status: number,
  ): void {
    const matcher = this.#matcherOf(api)
    const { routes } = matcher
    const match = matcher.match(this.#methodOf(method, matcher), target.path, raw.route, status)
    call.api = api
    call.operation = match.operation
    call.matched = match.matched
    call.mapRev = routes.mapRev
    call.path = match.path
    const version = match.version || versionOutsidePath(routes.selector, raw, target.query, host)
    call.version = version === '' || match.versionIsKnown ? version : this.#memory.versions.keep(api, version)
  }

  /** To be called when the memory forgot a day. */
  clear(): void {
    this.#matchers.clear()
    this.#lastMatcher = undefined
  }

  #methodOf(method: Exclude<Method, { kind: 'none' }>, matcher: ApiMatcher): string {
    if (method.kind === 'known' || matcher.hasMethod(method.name)) return method.name
    return method.name === '' ? OTHER : this.#memory.methods.keep('', method.name)
  }

  #host(logged: string): string {
    if (logged === '') return ''
    if (logged === this.#lastLogged) return this.#lastHost
    let host = this.#hosts.get(logged)
    if (host === undefined) {
      host = normaliseHost(logged)
      if (logged.length <= 300) this.#hosts.set(logged, host)
    }
    this.#lastLogged = logged
    this.#lastHost = host
    return host
  }

  #matcherOf(api: string): ApiMatcher {
    if (this.#lastMatcher?.routes.api === api) return this.#lastMatcher
    let matcher = this.#matchers.get(api)
    if (matcher === undefined) {
      matcher = new ApiMatcher(routesOf(this.#catalogue, api), this.#memory.namesOf(api))
      this.#matchers.set(api, matcher)
    }
    this.#lastMatcher = matcher
    return matcher
  }
}

/** The other source that is declared authoritative for a host, undefined when there is none or `source` is one itself. */
export function authorityFor(catalogue: Catalogue, source: Source, host: string): Source | undefined {
  if (source.authoritative.some(pattern => hostMatches(pattern, host))) return undefined
  for (const other of catalogue.sources.values()) {
    if (other.id !== source.id && other.authoritative.some(pattern => hostMatches(pattern, host))) return other
  }
  return undefined
}
