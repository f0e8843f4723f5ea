import type { Rule } from '../examined.ts'

export const sampled: Rule = ({ facts }) => {
  if (facts.weight <= 1) return undefined
  return {
    level: 'warning',
    message: `The source samples: a call stands for up to ${facts.weight}.`,
    todo: 'Log everything, at least for deprecated routes: of a sampled source silence proves nothing, and a rare caller is not seen.',
  }
}
