import { createHash } from 'node:crypto'
import type { Catalogue, Operation, Thing, VersionSelector } from './catalogue.ts'
import { isVersion } from './segment-shape.ts'
import { parseTemplate, type TemplateSegment } from './template.ts'

/** One operation a call can be matched with. */
export interface Route {
  readonly method: string
  /** `METHOD /literal/{}`: the name its calls are stored under. */
  readonly key: string
  readonly segments: readonly TemplateSegment[]
  /** The version its literals name where the API has it in the path (`v2.2`), else ''. */
  readonly pathVersion: string
}

/** All routes of one API: its operations and those its deprecations and their successors name. */
export interface Routes {
  readonly api: string
  readonly selector: VersionSelector
  readonly byKey: ReadonlyMap<string, Route>
  /** What stands before the version in this API's paths, `api` and `rest` always among them: `partner`, `public/api`. */
  readonly bases: ReadonlySet<string>
  /** UInt32 digest of the keys and the version selector. */
  readonly mapRev: number
}

const known = new WeakMap<Catalogue, Map<string, Routes>>()

/** The route set of an API; the same value for the same catalogue. An API the catalogue does not have has no routes. */
export function routesOf(catalogue: Catalogue, api: string): Routes {
  let byApi = known.get(catalogue)
  if (byApi === undefined) {
    byApi = new Map()
    known.set(catalogue, byApi)
  }
  const found = byApi.get(api)
  if (found !== undefined) return found
  const routes = buildRoutes(catalogue, api)
  // An open catalogue is asked for whatever hosts a log names: those are not remembered.
  if (catalogue.apis.has(api)) byApi.set(api, routes)
  return routes
}

function buildRoutes(catalogue: Catalogue, api: string): Routes {
  const declared = catalogue.apis.get(api)
  const selector: VersionSelector = declared?.version ?? { in: 'path' }
  const byKey = new Map<string, Route>()
  const add = (it: Pick<Operation, 'method' | 'template' | 'key'>): void => {
    if (byKey.has(it.key)) return
    const segments = parseTemplate(it.template)
    const version = selector.in === 'path' ? segments.find(s => s.kind === 'literal' && isVersion(s.text)) : undefined
    byKey.set(it.key, { method: it.method.toUpperCase(), key: it.key, segments, pathVersion: version?.text ?? '' })
  }
  for (const operation of declared?.operations ?? []) add(operation)
  for (const deprecation of catalogue.deprecations.values()) {
    if (deprecation.api !== api) continue
    for (const thing of [deprecation.thing, deprecation.successor]) if (isOperation(thing)) add(thing)
  }
  const bases = new Set(['', 'api', 'rest'])
  for (const route of byKey.values()) {
    const at = route.segments.findIndex(s => s.kind === 'literal' && isVersion(s.text))
    const before = route.segments.slice(0, Math.max(0, at))
    if (before.every(s => s.kind === 'literal')) bases.add(before.map(s => s.text).join('/'))
  }
  const digest = createHash('sha256')
    .update(JSON.stringify([selector, [...byKey.keys()].sort()]))
    .digest()
  return { api, selector, byKey, bases, mapRev: digest.readUInt32BE(0) }
}

function isOperation(thing: Thing | undefined): thing is Extract<Thing, { kind: 'operation' }> {
  return thing?.kind === 'operation'
}
