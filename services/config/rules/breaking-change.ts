import type { Policy } from '../../domain/policy.ts'
import type { DraftApi, DraftChange, Rule } from '../draft.ts'
import { fault } from '../findings.ts'
import { classOf } from './change-class.ts'

/**
 * Nothing breaks inside a version that lives. A version lives from the day it is released; a breaking change ships on
 * that day or before, with it. Where the policy counts by major, `v2.3` lives since the first release of any `v2`.
 */
export const breakingChange: Rule = draft =>
  draft.apis.flatMap(api => {
    const { policy } = api
    if (policy === undefined) return []
    return api.changes.flatMap(change => {
      if (classOf(change, policy) !== 'breaking' || change.date <= (released(change, api, policy) ?? '')) return []
      const unit = policy.changes.unit === 'major' ? 'major version' : 'version'
      return [
        fault(
          change.item.at(),
          'LC_CHANGE_BREAKING',
          `${change.kind} breaks callers of ${change.version}, a ${unit} that lives`,
          `Ship it in a new ${unit}, and declare that one under versions with the day of its release.`,
          {
            clause: policy.clauses.get('breaking'),
          },
        ),
      ]
    })
  })

/** The first day of what the change is inside of, YYYY-MM-DD; undefined when it is not declared. */
function released({ version }: DraftChange, { versions }: DraftApi, { changes }: Policy): string | undefined {
  const unit = changes.unit === 'major' ? majorOf : (name: string) => name
  return versions
    .filter(one => unit(one.version) === unit(version))
    .map(one => one.released)
    .sort()[0]
}

/** `v2.2` → `v2`. */
const majorOf = (version: string): string => version.split('.')[0] ?? version
