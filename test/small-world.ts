import type {
  Api,
  Catalogue,
  Deprecation,
  Operation,
  Source,
  Thing,
  VersionSelector,
} from '../services/domain/catalogue.ts'
import { operationKey } from '../services/domain/operation-key.ts'
import type { Policy } from '../services/domain/policy.ts'
import { emptyRawCall, type RawCall } from '../services/domain/raw-call.ts'

const place = { file: 'lastcall.yaml', line: 1 }

const policy: Policy = {
  id: 'test',
  title: 'Test',
  source: '',
  selectors: ['path', 'header', 'query', 'media-type', 'host'],
  notice: { days: 0, months: 0 },
  sunset: 'optional',
  neverEarlier: false,
  requires: { reason: false, successor: false, guide: false, support: false, changeClass: false },
  changes: { unit: 'major', additive: [], breaking: [], other: 'ask' },
  announcement: 'none',
  stages: [],
  digestDays: 0,
  withoutDate: 'deprecated',
  headers: { deprecation: 'none', sunset: false, link: false, version: '' },
  afterSunset: 'unspecified',
  channels: [],
  clauses: new Map(),
}

/** A source of which only what matters to a test is said. */
export function sourceWith(some: Partial<Source> = {}): Source {
  return {
    id: 'edge',
    format: 'auto',
    realm: 'edge',
    key: undefined,
    trustedHeaders: [],
    host: '',
    zone: 'UTC',
    file: undefined,
    syslog: undefined,
    kafka: undefined,
    limits: { bytesPerSecond: undefined, uploadsPerSecond: undefined, bodyBytes: undefined },
    map: undefined,
    layout: '',
    tokens: [],
    keepQuery: [],
    authoritative: [],
    test: { agents: [], networks: [], consumers: [] },
    ...some,
  }
}

/** `POST /v1/a/{id}` as a thing. */
export function operationThing(text: string): Extract<Thing, { kind: 'operation' }> {
  const [method = '', template = ''] = text.split(' ')
  return { kind: 'operation', method, template, key: operationKey(method, template) }
}

export interface SmallApi {
  readonly id?: string
  readonly hosts?: readonly string[]
  readonly version?: VersionSelector
  /** `GET /v1/a/{id}` */
  readonly operations?: readonly string[]
  /** Things of its deprecations, operations as text. */
  readonly deprecated?: readonly (string | Thing)[]
}

/** A catalogue of APIs and sources, made without files. */
export function worldOf(
  apis: readonly SmallApi[],
  sources: readonly Source[] = [sourceWith()],
  open = false,
): Catalogue {
  const built = apis.map(apiOf)
  const deprecations = apis.flatMap((api, i) =>
    (api.deprecated ?? []).map((thing, n) => deprecationOf(`d${String(n)}`, built[i]?.id ?? '', thing)),
  )
  return {
    revision: 'test',
    open,
    sources: new Map(sources.map(source => [source.id, source])),
    apis: new Map(built.map(api => [api.id, api])),
    deprecations: new Map(deprecations.map(it => [it.id, it])),
    customers: { byId: new Map(), byConsumer: new Map(), findings: [] },
  }
}

/** A record as a format would read it, good unless `some` says otherwise. */
export function rawWith(some: Partial<RawCall> = {}): RawCall {
  return {
    ...emptyRawCall(),
    time: Date.UTC(2026, 10, 22, 12),
    timeKind: 'start',
    method: 'GET',
    target: '/v1/orders/42',
    host: 'api.example',
    status: 200,
    ...some,
  }
}

function apiOf(api: SmallApi): Api {
  const operations: Operation[] = (api.operations ?? []).map(text => ({
    ...operationThing(text),
    deprecatedInOpenApi: false,
    place,
  }))
  return {
    id: api.id ?? 'partner',
    policy,
    hosts: api.hosts ?? ['api.example'],
    zone: 'UTC',
    version: api.version ?? { in: 'path' },
    operations,
    support: '',
    versions: [],
    changes: [],
    place,
  }
}

function deprecationOf(id: string, api: string, thing: string | Thing): Deprecation {
  return {
    id,
    api,
    thing: typeof thing === 'string' ? operationThing(thing) : thing,
    announced: '2026-01-01',
    retirement: undefined,
    sunset: undefined,
    reason: 'test',
    successor: undefined,
    guide: undefined,
    renamedFrom: undefined,
    place,
  }
}
