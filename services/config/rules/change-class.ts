import type { Change } from '../../domain/catalogue.ts'
import type { Policy } from '../../domain/policy.ts'
import { didYouMean } from '../did-you-mean.ts'
import type { DraftChange, Rule } from '../draft.ts'
import { fault, quoted } from '../findings.ts'

/** Every entry of the changelog is additive or breaking: by its kind where the policy lists it, and as written. */
export const changeClass: Rule = draft =>
  draft.apis.flatMap(({ policy, changes }) =>
    policy === undefined ? [] : changes.flatMap(change => judge(change, policy)),
  )

/** The class of a change; undefined when neither the policy nor the entry tells it. */
export function classOf(
  { kind, written }: Pick<DraftChange, 'kind' | 'written'>,
  { changes }: Policy,
): Change['class'] | undefined {
  if (changes.breaking.includes(kind)) return 'breaking'
  if (changes.additive.includes(kind)) return 'additive'
  return changes.other === 'breaking' ? 'breaking' : written
}

function judge(change: DraftChange, policy: Policy) {
  const { item, kind, written } = change
  const known = classOf(change, policy)
  if (written === undefined && policy.requires.changeClass) {
    return [
      fault(
        item.at(),
        'LC_CHANGE_CLASS',
        `no class; the policy "${policy.id}" lists every change as additive or breaking`,
        `Add class: ${known ?? 'additive or breaking'}.`,
        { clause: policy.clauses.get('change-class') },
      ),
    ]
  }
  if (known === undefined) {
    const kinds = [...policy.changes.additive, ...policy.changes.breaking]
    return [
      fault(
        item.at('kind'),
        'LC_CHANGE_CLASS',
        `the policy "${policy.id}" does not know the kind ${quoted(kind)}.${didYouMean(kind, kinds)}`,
        'Add class: additive or breaking; or use a kind it lists.',
      ),
    ]
  }
  if (written !== undefined && written !== known) {
    return [
      fault(
        item.at('class'),
        'LC_CHANGE_CLASS',
        `under the policy "${policy.id}" a change of kind ${quoted(kind)} is ${known}, not ${written}`,
        `Write class: ${known}, or name its kind rightly.`,
        { clause: policy.clauses.get(known) },
      ),
    ]
  }
  return []
}
