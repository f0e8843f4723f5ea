import type { Thing } from '../../domain/catalogue.ts'
import { didYouMean } from '../did-you-mean.ts'
import type { DraftApi, Rule } from '../draft.ts'
import { warning } from '../findings.ts'

/** Where operations are listed, one that is deprecated or succeeds another should be among them: else it may be mistyped. */
export const operationKnown: Rule = draft => {
  const keys = new Map<DraftApi, ReadonlySet<string>>()
  return draft.deprecations.flatMap(({ item, api, thing, successor }) => {
    if (api?.listed === undefined) return []
    const known = keys.get(api) ?? new Set(api.listed.map(({ key }) => key))
    keys.set(api, known)
    const things = [
      ['thing', thing],
      ['successor', successor],
    ] as const
    return things.flatMap(([key, named]) => (isUnknown(named, known) ? [unknown(named, item.at(key), known)] : []))
  })
}

type OperationThing = Extract<Thing, { readonly kind: 'operation' }>

const isUnknown = (thing: Thing | undefined, known: ReadonlySet<string>): thing is OperationThing =>
  thing?.kind === 'operation' && !known.has(thing.key)

function unknown(thing: OperationThing, place: { file: string; line: number }, known: ReadonlySet<string>) {
  const near = known.size <= 2_000 ? didYouMean(thing.key, known) : ''
  return warning(
    place,
    'LC_OPERATION_UNKNOWN',
    `${thing.method} ${thing.template} is not among the API’s operations.${near}`,
    'Mend its spelling, or list it.',
  )
}
