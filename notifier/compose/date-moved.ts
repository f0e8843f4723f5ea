import { longDate, shortDate } from './dates.ts'
import type { Kind } from './kind.ts'

/** The sunset was set, moved or taken back after this contact had been told otherwise. */
export const dateMoved: Kind = ({ thing, api, lastDay, notice }) => {
  const before = notice.movedFrom
  if (lastDay === undefined) {
    return {
      subject: `No end date any more: ${thing}`,
      title: `${thing}: its end date has been taken back`,
      lead: [
        `We told you that ${thing} of ${api.id} is to end on ${longDate(before ?? '')}. That date no longer holds, and no new one has been set. It stays deprecated.`,
      ],
    }
  }
  if (before === undefined) {
    return {
      subject: `Now with a date: ${thing} ends after ${shortDate(lastDay)}`,
      title: `${thing} now has an end date`,
      lead: [
        `When we wrote to you about ${thing} of ${api.id}, no date had been set for its end. Now there is one: its last day of service is ${longDate(lastDay)}.`,
      ],
    }
  }
  return {
    subject: `New date: ${thing} ends after ${shortDate(lastDay)}`,
    title: `${thing}: the end date has moved`,
    lead: [
      `We told you that ${thing} of ${api.id} is to end on ${longDate(before)}. That has moved: the last day of service is now ${longDate(lastDay)}.`,
    ],
  }
}
