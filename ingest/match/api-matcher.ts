import { eraseParameters } from '../../services/domain/operation-key.ts'
import type { Route, Routes } from '../../services/domain/routes.ts'
import { OTHER } from '../../services/domain/segment-shape.ts'
import { scrubPath, scrubUnknownPath } from '../normalise/scrub-path.ts'
import type { InferredNames } from './inferred-names.ts'
import { LONGEST_ROUTED_PATH, splitPath } from './path-segments.ts'
import { PathTrie } from './path-trie.ts'
import { Remembered } from './remembered.ts'
import { versionInPath } from './version.ts'

/** What a method and a path come to in one API. */
export interface Match {
  readonly operation: string
  readonly matched: 'known' | 'inferred'
  /** By the path, where the API has its version there; else ''. */
  readonly version: string
  /** The version stands in the catalogue, so there are few. */
  readonly versionIsKnown: boolean
  /** Scrubbed, as stored. */
  readonly path: string
}

/** Matches the calls of one API. Holds its routes ready and remembers the paths seen of late. */
export class ApiMatcher {
  readonly routes: Routes
  readonly #trie: PathTrie
  readonly #names: InferredNames
  readonly #remembered = new Map<string, Remembered<Match>>()
  readonly #kept: boolean[] = []
  readonly #segments: string[] = []

  constructor(routes: Routes, names: InferredNames) {
    this.routes = routes
    this.#trie = new PathTrie(routes.byKey.values())
    this.#names = names
  }

  /**
   * `path` raw, without query; `route` a template the gateway itself names, '' when none: it counts only where the log
   * has that template in the path's place (AWS API Gateway's `resourcePath`). `status` steers what inferred names are kept.
   */
  match(method: string, path: string, route: string, status: number): Match {
    if (route === path) return this.#match(method, path, route, status)
    let remembered = this.#remembered.get(method)
    if (remembered === undefined) {
      remembered = new Remembered()
      this.#remembered.set(method, remembered)
    }
    const found = remembered.get(path)
    if (found !== undefined) return found
    const match = this.#match(method, path, '', status)
    if (!match.operation.endsWith(OTHER)) remembered.set(path, match)
    return match
  }

  /** Does a route of this API have the method? */
  hasMethod(method: string): boolean {
    return this.#trie.hasMethod(method)
  }

  #match(method: string, path: string, route: string, status: number): Match {
    if (path === '*') return { operation: `${method} *`, matched: 'inferred', version: '', versionIsKnown: false, path }
    const segments = this.#segments
    const whole = path.length <= LONGEST_ROUTED_PATH
    const count = splitPath(whole ? path : path.slice(0, LONGEST_ROUTED_PATH), segments)
    const known = whole ? this.#known(method, path, route, count) : undefined
    return {
      operation:
        known?.key ?? `${method} ${this.#names.name(segments, count, status >= 400 && status < 500, this.#kept)}`,
      matched: known === undefined ? 'inferred' : 'known',
      version: this.#version(known, count),
      versionIsKnown: known !== undefined && known.pathVersion !== '',
      path: known === undefined ? scrubUnknownPath(segments, count, this.#kept) : scrubPath(segments, count, known),
    }
  }

  #known(method: string, path: string, route: string, count: number): Route | undefined {
    const found = this.#trie.match(method, this.#segments, count)
    return (
      found ??
      (route !== '' && route === path ? this.routes.byKey.get(`${method} ${eraseParameters(route)}`) : undefined)
    )
  }

  #version(known: Route | undefined, count: number): string {
    if (this.routes.selector.in !== 'path') return ''
    return known !== undefined && known.pathVersion !== ''
      ? known.pathVersion
      : versionInPath(this.#segments, count, this.routes.bases)
  }
}
