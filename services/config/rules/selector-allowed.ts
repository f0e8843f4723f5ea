import type { Rule } from '../draft.ts'
import { fault } from '../findings.ts'

/** The policy says where a version may stand in a request. */
export const selectorAllowed: Rule = draft =>
  draft.apis.flatMap(({ policy, selector, item }) => {
    if (policy === undefined || selector === undefined || policy.selectors.includes(selector.in)) return []
    return [
      fault(
        item.at('version', 'in'),
        'LC_SELECTOR',
        `the policy "${policy.id}" does not allow a version in the ${selector.in}`,
        `Put it into: ${policy.selectors.join(', ')}.`,
        {
          clause: policy.clauses.get('selector'),
        },
      ),
    ]
  })
