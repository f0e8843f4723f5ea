import type { Catalogue } from '../../services/domain/catalogue.ts'

/**
 * Which API a host belongs to: an exact name, else the longest `*.example.com` above it, else `*`, which also takes
 * calls without a host. In an open catalogue every host is its own API.
 */
export class ApiIndex {
  readonly #open: boolean
  readonly #exact = new Map<string, string>()
  /** Longest first. */
  readonly #below: { readonly suffix: string; readonly api: string }[] = []
  readonly #any: string | undefined

  constructor(catalogue: Pick<Catalogue, 'open' | 'apis'>) {
    this.#open = catalogue.open
    let any: string | undefined
    for (const api of catalogue.apis.values()) {
      for (const host of api.hosts) {
        if (host === '*') any ??= api.id
        else if (host.startsWith('*.')) this.#below.push({ suffix: host.slice(1), api: api.id })
        else if (!this.#exact.has(host)) this.#exact.set(host, api.id)
      }
    }
    this.#any = any
    this.#below.sort((a, b) => b.suffix.length - a.suffix.length)
  }

  /** `host` as normaliseHost gives it; undefined when no API has it. */
  apiOf(host: string): string | undefined {
    if (this.#open) return host
    if (host === '') return this.#any
    return this.#exact.get(host) ?? this.#below.find(({ suffix }) => host.endsWith(suffix))?.api ?? this.#any
  }
}

/** Does `pattern` (`api.example`, `*.example`, `*`) cover the host? */
export function hostMatches(pattern: string, host: string): boolean {
  if (pattern === '*') return true
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : pattern === host
}
