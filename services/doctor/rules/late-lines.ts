import type { Rule } from '../examined.ts'

const LATE = 900

export const lateLines: Rule = ({ facts }) => {
  if (facts.calls === 0 || facts.lagP95 <= LATE || Math.abs(facts.lagMedian % 3_600) <= 120) return undefined
  return {
    level: 'warning',
    message: `One call in twenty comes more than ${Math.round(facts.lagP95 / 60)} minutes after it happened.`,
    todo: 'Send smaller batches more often; after an outage this passes by itself. Late lines are counted on their day.',
  }
}
