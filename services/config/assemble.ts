import type { Api, Catalogue, Change, Customers, Deprecation, Source } from '../domain/catalogue.ts'
import type { Draft, DraftApi, DraftDeprecation } from './draft.ts'
import { AUTO_SOURCE, defaultSource } from './open-catalogue.ts'
import { classOf } from './rules/change-class.ts'

/** The catalogue of a draft in which no rule found an error. */
export function assemble(draft: Draft, revision: string): Catalogue {
  const sources = new Map<string, Source>([[AUTO_SOURCE, defaultSource(AUTO_SOURCE)]])
  for (const { source } of draft.sources) sources.set(source.id, source)
  const apis = new Map(draft.apis.flatMap(draftApi => entry(apiOf(draftApi))))
  const deprecations = new Map(draft.deprecations.flatMap(draftDeprecation => entry(deprecationOf(draftDeprecation))))
  const customers: Customers = draft.customers
  return { revision, open: false, sources, apis, deprecations, customers }
}

const entry = <T extends { readonly id: string }>(value: T | undefined): [string, T][] =>
  value === undefined ? [] : [[value.id, value]]

function apiOf(draft: DraftApi): Api | undefined {
  const { id, policy, hosts, zone, selector, support, versions } = draft
  if (policy === undefined || selector === undefined) return undefined
  const changes = draft.changes.flatMap((change): Change[] => {
    const known = classOf(change, policy)
    const { date, version, kind, text, place } = change
    return known === undefined ? [] : [{ date, version, kind, class: known, text, place }]
  })
  changes.sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0))
  return {
    id,
    policy,
    hosts,
    zone,
    version: selector,
    operations: draft.listed ?? [],
    support,
    versions,
    changes,
    place: draft.item.at(),
  }
}

function deprecationOf(draft: DraftDeprecation): Deprecation | undefined {
  const { id, api, thing, announced, retirement, sunset, successor, item } = draft
  if (api === undefined || thing === undefined || announced === undefined) return undefined
  const { reason = '', guide } = item.value
  return {
    id,
    api: api.id,
    thing,
    announced: announced.toString(),
    retirement: retirement?.toString(),
    sunset,
    reason,
    successor,
    guide:
      guide === undefined
        ? undefined
        : {
            url: guide.url ?? '',
            fromTo: (guide['from-to'] ?? []).map(({ from, to, note = '' }) => ({ from, to, note })),
          },
    renamedFrom: item.value['renamed-from'],
    place: item.at(),
  }
}
