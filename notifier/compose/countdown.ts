import { daysText, longDate, shortDate } from './dates.ts'
import type { Kind } from './kind.ts'

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
      view.notice.evidence.state === 'sleeping'
        ? 'You have been silent for a while, but your calls come at long intervals: please check that none comes after that day.'
        : `You still call it. Please move before ${shortDate(lastDay)} is over.`,
    ],
  }
}
