import { daysText, longDate } from './dates.ts'
import type { Kind } from './kind.ts'

/** Calls went on after the sunset, where the policy asks for a word then. */
export const afterSunset: Kind = ({ thing, api, daysLeft = 0, lastDay = '' }) => ({
  subject: `${thing} has ended, and you still call it`,
  title: `${thing} ended ${daysText(-daysLeft)} ago`,
  lead: [
    `The last day of service of ${thing} of ${api.id} was ${longDate(lastDay)}. You still call it; these calls are no longer served as they were.`,
  ],
})
