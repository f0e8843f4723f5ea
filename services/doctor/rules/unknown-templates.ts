import { percent, type Rule } from '../examined.ts'

const MOST = 0.2

export const unknownTemplates: Rule = ({ facts }) => {
  if (facts.calls < 10 || facts.inferred / facts.calls <= MOST) return undefined
  const names = facts.templates.slice(0, 3).map(({ operation }) => operation)
  return {
    level: 'warning',
    message: `${percent(facts.inferred, facts.calls)} of the calls match no operation you named; most often ${names.join(', ')}.`,
    todo: 'Give the API its `operations` (an OpenAPI file will do). A guessed template is never deprecated by an operation.',
  }
}
