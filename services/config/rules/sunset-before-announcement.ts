import type { Rule } from '../draft.ts'
import { fault } from '../findings.ts'

/** What is announced comes first: a sunset on or before that day is a slip of the pen under every policy. */
export const sunsetBeforeAnnouncement: Rule = draft =>
  draft.deprecations.flatMap(({ item, announced, retirement, sunset }) => {
    const faults = []
    const latest = retirement ?? announced
    if (latest !== undefined && sunset !== undefined && sunset.date <= latest.toString()) {
      faults.push(
        fault(
          item.at('sunset'),
          'LC_SUNSET_FIRST',
          `the sunset ${sunset.date} is not after its announcement ${latest}`,
          'Mend one of the two dates.',
        ),
      )
    }
    if (announced !== undefined && retirement !== undefined && Temporal.PlainDate.compare(retirement, announced) < 0) {
      faults.push(
        fault(
          item.at('retirement', 'announced'),
          'LC_SUNSET_FIRST',
          `the retirement ${retirement} is declared before the announcement ${announced}`,
          'Mend one of the two dates.',
        ),
      )
    }
    return faults
  })
