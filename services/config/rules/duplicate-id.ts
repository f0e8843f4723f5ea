import type { Place } from '../../domain/catalogue.ts'
import type { Rule } from '../draft.ts'
import { type Fault, fault } from '../findings.ts'

/** An id names one source, one API, one deprecation. */
export const duplicateId: Rule = draft => [
  ...twice(
    'source',
    draft.sources.map(({ source, place }) => ({ id: source.id, place })),
  ),
  ...twice(
    'API',
    draft.apis.map(({ id, item }) => ({ id, place: item.at('id') })),
  ),
  ...twice(
    'deprecation',
    draft.deprecations.map(({ id, item }) => ({ id, place: item.at('id') })),
  ),
]

function twice(what: string, named: readonly { readonly id: string; readonly place: Place }[]): Fault[] {
  const first = new Map<string, Place>()
  return named.flatMap(({ id, place }) => {
    const before = first.get(id)
    if (before === undefined) {
      first.set(id, place)
      return []
    }
    return [
      fault(
        place,
        'LC_ID_TWICE',
        `the ${what} id "${id}" is taken by ${before.file}:${before.line}`,
        'Give each its own id.',
      ),
    ]
  })
}
