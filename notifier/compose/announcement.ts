import { longDate, shortDate } from './dates.ts'
import type { Kind } from './kind.ts'

/** The first word about a deprecation: to those who call, or to all customers, as the policy says. */
export const announcement: Kind = view => {
  const { thing, deprecation, api, lastDay } = view
  const calls = view.notice.evidence.calls > 0
  const superseded = api.policy.withoutDate === 'superseded'
  if (lastDay === undefined) {
    const word = superseded ? 'superseded' : 'deprecated'
    return {
      subject: `${thing} is ${word}`,
      title: `${capital(thing)} is ${word}`,
      lead: [
        `Since ${longDate(deprecation.announced)} ${thing} of ${api.id} is ${word}. No date has been set for its end: it goes on working.`,
        calls
          ? 'You still call it. Please plan your move to its replacement; what you call is listed below.'
          : 'This goes to every customer of the API, whether or not it calls what is concerned.',
      ],
    }
  }
  return {
    subject: `${thing} ends after ${shortDate(lastDay)}`,
    title: `${capital(thing)} ends after ${shortDate(lastDay)}`,
    lead: [
      `Since ${longDate(deprecation.announced)} ${thing} of ${api.id} is deprecated. Its last day of service is ${longDate(lastDay)}.`,
      calls
        ? 'You still call it; what you call is listed below. Until that day nothing changes.'
        : 'This goes to every customer of the API, whether or not it calls what is concerned.',
    ],
  }
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
