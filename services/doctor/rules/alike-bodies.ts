import { percent, type Rule } from '../examined.ts'

export const alikeBodies: Rule = ({ source, facts }) => {
  // Positions and datagrams are never sent again.
  if (source.door !== 'http') return undefined
  if (facts.calls < 10 || facts.alike / facts.calls <= 0.05) return undefined
  return {
    level: 'warning',
    message: `${percent(facts.alike, facts.calls)} of the calls carry neither a request id nor a part of a second.`,
    todo: 'Log one of both (nginx `$request_id`, `$msec`): then a resend can always be told from an honest equal body.',
  }
}
