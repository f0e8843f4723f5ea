import type { Rule } from '../examined.ts'

export const secondHop: Rule = ({ source, facts }) => {
  const [most] = facts.hops
  if (most === undefined) return undefined
  return {
    level: 'error',
    message: `${most.calls} of its requests were logged by ${most.source}, too: they count twice.`,
    todo: `Say which of the two counts: \`authoritative: [host]\` at ${most.source} or at ${source.id}.`,
  }
}
