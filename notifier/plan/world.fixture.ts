import type { Api, Catalogue, Contact, Customer, Deprecation } from '../../services/domain/catalogue.ts'
import type { Policy } from '../../services/domain/policy.ts'
import type { ConsumerUsage, MigrationState } from '../../services/domain/usage.ts'
import type { Migration } from '../../services/migration/state.ts'
import { contactKey } from './contact.ts'
import type { KnownDeprecation, LedgerView, PastNotice } from './view.ts'
import type { DeprecationUsage, World } from './world.ts'

/** Values to plan with. Everything can be changed; nothing is hidden in a mock. */

const place = { file: 'lastcall.yaml', line: 1 }
export const DAY = 86_400_000

export function at(instant: string): number {
  return Temporal.Instant.from(instant).epochMilliseconds
}

export function policy(more: Partial<Policy> = {}): Policy {
  return {
    id: 'test',
    title: 'Test policy',
    source: '',
    selectors: ['path'],
    notice: { days: 90, months: 0 },
    sunset: 'optional',
    neverEarlier: true,
    requires: { reason: false, successor: false, guide: false, support: false, changeClass: false },
    changes: { unit: 'version', additive: [], breaking: [], other: 'ask' },
    announcement: 'callers',
    stages: [90, 60, 30, 14, 7, 3, 1],
    digestDays: 0,
    withoutDate: 'deprecated',
    headers: { deprecation: 'rfc9745', sunset: true, link: true, version: '' },
    afterSunset: 'gone',
    channels: ['mail'],
    clauses: new Map(),
    ...more,
  }
}

export function api(more: Partial<Api> = {}): Api {
  return {
    id: 'partner',
    policy: policy(),
    hosts: ['api.partner.example'],
    zone: 'Europe/Berlin',
    version: { in: 'path' },
    operations: [],
    support: 'support@partner.example',
    versions: [],
    changes: [],
    place,
    ...more,
  }
}

export function deprecation(more: Partial<Deprecation> = {}): Deprecation {
  return {
    id: 'content-generate',
    api: 'partner',
    thing: operation('POST', '/v1/content/{id}/generate'),
    announced: '2026-08-15',
    retirement: undefined,
    sunset: { date: '2026-12-20', instant: '2026-12-19T23:00:00Z' },
    reason: 'Replaced by the asynchronous generator.',
    successor: operation('POST', '/v2/content/{id}/generations'),
    guide: { url: '', fromTo: [{ from: 'prompt', to: 'input.prompt', note: 'now inside input' }] },
    renamedFrom: undefined,
    place,
    ...more,
  }
}

export function operation(method: string, template: string) {
  return { kind: 'operation', method, template, key: `${method} ${template.replace(/\{[^}]*\}/g, '{}')}` } as const
}

export function contact(address: string, more: Partial<Contact> = {}): Contact {
  return { address, role: 'developer', language: 'en', zone: 'Europe/Berlin', ...more }
}

export function customer(
  id: string,
  contacts: readonly Contact[] = [contact(`dev@${id}.example`)],
  more: Partial<Customer> = {},
): Customer {
  return { id, consumers: [`kong:consumer:${id}`], contacts, tags: [], ...more }
}

export function catalogue(
  apis: readonly Api[],
  deprecations: readonly Deprecation[],
  customers: readonly Customer[],
): Catalogue {
  return {
    revision: 'r1',
    open: false,
    sources: new Map(),
    apis: new Map(apis.map(one => [one.id, one])),
    deprecations: new Map(deprecations.map(one => [one.id, one])),
    customers: {
      byId: new Map(customers.map(one => [one.id, one])),
      byConsumer: new Map(customers.flatMap(one => one.consumers.map(consumer => [consumer, one.id] as const))),
      findings: [],
    },
  }
}

/** A consumer of a customer: `kong:consumer:<id>`; `last` and `first` in milliseconds UTC. */
export function usage(id: string, last: number, more: Partial<ConsumerUsage> = {}): ConsumerUsage {
  const first = last - 100 * DAY
  return {
    consumer: `kong:consumer:${id}`,
    customer: id,
    calls: 1200,
    first,
    last,
    calls7d: 70,
    calls7dBefore: 70,
    callsRecent: 70,
    operations: [
      { api: 'partner', version: 'v1', operation: 'POST /v1/content/{}/generate', calls: 1200, first, last },
    ],
    agents: [{ agent: 'acme-sdk/3.1', calls: 1200 }],
    ...more,
  }
}

export function migration(state: MigrationState, more: Partial<Migration> = {}): Migration {
  return { state, since: '2026-08-01', backBy: undefined, why: '', silentFor: 0, need: 8, gate: false, ...more }
}

export function deprecationUsage(
  now: number,
  consumers: readonly ConsumerUsage[],
  states: Readonly<Record<string, Migration>> = {},
  feeding = new Map([['edge', now - 3_600_000]]),
): DeprecationUsage {
  const statesUntil = Math.floor(now / DAY) * DAY
  return {
    consumers,
    states: new Map(Object.entries(states).map(([id, one]) => [`kong:consumer:${id}`, one])),
    statesUntil,
    feeding,
  }
}

export function world(now: number, of: Catalogue, usages: Readonly<Record<string, DeprecationUsage>>): World {
  return { catalogue: of, now, usage: new Map(Object.entries(usages)), customersSeen: new Map(), faults: new Map() }
}

export interface Told extends Partial<PastNotice> {
  readonly customer: string
  readonly address?: string
  readonly root?: string
}

/** A ledger in which these deprecations are known and these notices have left. */
export function ledger(
  known: readonly KnownDeprecation[],
  told: readonly Told[] = [],
  more: Partial<LedgerView> = {},
): LedgerView {
  const past = new Map<string, PastNotice[]>()
  for (const { customer, address = `dev@${customer}.example`, root = 'content-generate', ...notice } of told) {
    const key = `${root}\n${contactKey(customer, address)}`
    const list = past.get(key) ?? []
    past.set(key, list)
    list.push({
      kind: 'countdown',
      revision: 1,
      stage: undefined,
      occurrence: 0,
      standsFor: undefined,
      sunset: '2026-12-20',
      at: 0,
      told: true,
      ...notice,
    })
  }
  return {
    known: new Map(known.map(one => [one.id, one])),
    past: (root, key) => past.get(`${root}\n${key}`) ?? [],
    refused: new Map(),
    waived: () => undefined,
    ...more,
  }
}

export function known(more: Partial<KnownDeprecation> = {}): KnownDeprecation {
  return {
    id: 'content-generate',
    root: 'content-generate',
    api: 'partner',
    thing: 'operation POST /v1/content/{}/generate',
    revision: 1,
    sunset: '2026-12-20',
    ...more,
  }
}
