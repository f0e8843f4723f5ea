import type { Rule } from '../examined.ts'

const HOUR = 3_600
/** A clock within this is right. */
const RIGHT = 5
/** A zone is off by whole hours, give or take the way. */
const NEAR = 120

export const clockSkew: Rule = ({ source, facts }) => {
  if (facts.calls === 0) return undefined
  const hours = Math.round(facts.lagMedian / HOUR)
  if (hours !== 0 && Math.abs(facts.lagMedian - hours * HOUR) <= NEAR && Math.abs(hours) <= 14)
    return {
      level: 'error',
      message: `Half of the calls lie ${Math.abs(hours)} h ${hours > 0 ? 'in the past' : 'in the future'} when they come: a time zone, not a delay.`,
      todo: `The times carry no zone, and \`zone\` of the source is ${source.zone}: set it to the gateway’s.`,
    }
  if (facts.ahead <= RIGHT) return undefined
  return {
    level: 'warning',
    message: `Calls are dated up to ${facts.ahead} s ahead of this machine’s clock.`,
    todo: 'Set both clocks by NTP: what is dated more than 10 minutes ahead is dropped (time-range).',
  }
}
