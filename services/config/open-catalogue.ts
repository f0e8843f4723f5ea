import type { Catalogue, Source } from '../domain/catalogue.ts'

/** A source of which nothing was declared but its id: the format is found by itself, times without a zone are UTC. */
export function defaultSource(id: string): Source {
  return {
    id,
    format: 'auto',
    realm: id,
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
  }
}

/** The source every catalogue has, declared or not (design §5). */
export const AUTO_SOURCE = 'auto'

/** What stands in for a catalogue where there is none: every host is an API of its own name, nothing is deprecated. */
export function openCatalogue(): Catalogue {
  return {
    revision: 'open',
    open: true,
    sources: new Map([[AUTO_SOURCE, defaultSource(AUTO_SOURCE)]]),
    apis: new Map(),
    deprecations: new Map(),
    customers: { byId: new Map(), byConsumer: new Map(), findings: [] },
  }
}
