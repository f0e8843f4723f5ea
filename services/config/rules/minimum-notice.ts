import type { Policy } from '../../domain/policy.ts'
import type { Rule } from '../draft.ts'
import { fault } from '../findings.ts'

/**
 * The policy promises so many calendar days, or calendar months, between announcement and sunset. Where it commits to
 * no date before a retirement is declared, the notice counts from that declaration.
 */
export const minimumNotice: Rule = draft =>
  draft.deprecations.flatMap(({ item, api, announced, retirement, sunset }) => {
    const policy = api?.policy
    const from = retirement ?? announced
    if (policy === undefined || from === undefined || sunset === undefined) return []
    // Another rule's: dates in the wrong order are no notice at all.
    if (sunset.date <= from.toString()) return []
    const earliest = earliestSunset(from, policy)
    if (sunset.date >= earliest.toString()) return []
    const days = from.until(Temporal.PlainDate.from(sunset.date), { largestUnit: 'days' }).days
    return [
      fault(
        item.at('sunset'),
        'LC_NOTICE_SHORT',
        `${days} days of notice; the policy "${policy.id}" promises ${promise(policy)}`,
        `Sunset on ${earliest} or later.`,
        {
          clause: policy.clauses.get('notice'),
        },
      ),
    ]
  })

function earliestSunset(from: Temporal.PlainDate, { notice }: Policy): Temporal.PlainDate {
  const byDays = from.add({ days: notice.days })
  const byMonths = from.add({ months: notice.months })
  return Temporal.PlainDate.compare(byDays, byMonths) < 0 ? byMonths : byDays
}

function promise({ notice }: Policy): string {
  const parts = [
    notice.days > 0 ? `${notice.days} days` : '',
    notice.months > 0 ? `${notice.months} calendar months` : '',
  ]
  return parts.filter(part => part !== '').join(' and ')
}
