import type { Rule } from '../examined.ts'

export const trustedHeaderOpen: Rule = ({ source }) => {
  const open = source.trustedHeaders
  if (open.length === 0) return undefined
  return {
    level: 'warning',
    message: `The identity in ${open.join(', ')} is believed as it comes.`,
    todo: 'Make sure that the gateway sets or removes these headers on every request: a caller who can send them himself calls in another’s name.',
  }
}
