import type { Rule } from '../examined.ts'

export const onlySuccess: Rule = ({ facts }) => {
  if (facts.calls < 200 || facts.well < facts.calls) return undefined
  return {
    level: 'warning',
    message: `All ${facts.calls} calls were answered with a status below 300: errors seem to be left out of the log.`,
    todo: 'Take the filter out of the gateway’s log (nginx `if=`, Kong’s custom fields): refused and failed calls prove a migration, too.',
  }
}
