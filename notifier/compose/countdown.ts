import { dateIn } from '../../services/countdown/countdown.ts'
import { daysText, longDate, shortDate } from './dates.ts'
import type { Kind } from './kind.ts'
import type { View } from './view.ts'

/** A stage before the sunset, or its day. */
export const countdownLetter: Kind = view => {
  const { thing, api, daysLeft = 0, lastDay = '' } = view
  if (daysLeft <= 0) {
    return {
      subject: `${thing} ends today`,
      title: `${thing} ends today`,
      lead: [
        `The last day of service of ${thing} of ${api.id} was ${longDate(lastDay)}. You called it until recently.`,
      ],
    }
  }
  const left = daysText(daysLeft)
  return {
    subject: `${left} left: ${thing}`,
    title: `${left} left until ${thing} ends`,
    lead: [
      `${left} from now ${thing} of ${api.id} is no longer there: its last day of service is ${longDate(lastDay)}.`,
      lastWord(view, lastDay),
    ],
  }
}

const WEEK_MS = 7 * 86_400_000

/** Who has been silent for a while is asked to check, not told that it still calls. */
function lastWord({ notice }: View, lastDay: string): string {
  const { state, last, asOf } = notice.evidence
  if (state !== 'sleeping' && asOf - last < WEEK_MS)
    return `You still call it. Please move before ${shortDate(lastDay)} is over.`
  return `Your last call was on ${shortDate(dateIn(notice.zone, last).toString())}. Your calls come at long intervals: please check that none comes after ${shortDate(lastDay)}.`
}
