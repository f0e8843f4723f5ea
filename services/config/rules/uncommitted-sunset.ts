import type { Rule } from '../draft.ts'
import { fault } from '../findings.ts'

/**
 * Where the policy never commits to a date, a sunset would start a countdown nobody was promised: it needs a
 * retirement that was declared. And a declared retirement without a date tells nobody anything.
 */
export const uncommittedSunset: Rule = draft =>
  draft.deprecations.flatMap(({ item, api }) => {
    const policy = api?.policy
    const { sunset, retirement } = item.value
    if (policy === undefined) return []
    if (policy.sunset === 'never-committed' && sunset !== undefined && retirement === undefined) {
      return [
        fault(
          item.at('sunset'),
          'LC_SUNSET_UNCOMMITTED',
          `the policy "${policy.id}" commits to no date, and a sunset counts down to one`,
          'Take the sunset out; or declare the retirement: retirement: { announced: DATE }.',
          {
            clause: policy.clauses.get('uncommitted'),
          },
        ),
      ]
    }
    if (retirement !== undefined && sunset === undefined) {
      return [
        fault(
          item.at('retirement'),
          'LC_SUNSET_MISSING',
          'a retirement is declared without its sunset',
          'Add sunset: the date from which it is gone.',
          { clause: policy.clauses.get('notice') },
        ),
      ]
    }
    return []
  })
