import { longDate } from './dates.ts'
import type { Kind } from './kind.ts'

/** A quiet reminder, at the policy's interval, while a deprecation has no date and calls go on. */
export const digest: Kind = ({ thing, api, deprecation }) => ({
  subject: `Still in use: ${thing}`,
  title: `You still call ${thing}`,
  lead: [
    `${thing} of ${api.id} has been deprecated since ${longDate(deprecation.announced)}. It goes on working and no end date has been set; these are your calls, so that the move can be planned.`,
  ],
})
