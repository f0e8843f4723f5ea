import { percent, type Rule } from '../examined.ts'

/** Below it, keyless calls are a few; above it nobody can be told who must move. */
const MOST = 0.5

export const noIdentity: Rule = ({ source, facts }) => {
  if (facts.letIn < 10 || facts.nobody / facts.letIn <= MOST) return undefined
  const tried =
    source.key === null
      ? 'Say where the caller’s key stands, `key: { header: x-api-key }`, and let the gateway log it'
      : `\`key\` names ${'header' in source.key ? `the header ${source.key.header}` : `the query parameter ${source.key.query}`}, which the lines do not carry: let the gateway log it`
  return {
    level: 'error',
    message: `${percent(facts.nobody, facts.letIn)} of the calls name nobody: nobody can be mailed about them.`,
    todo: `${tried}; or, where the gateway itself sets a header with the consumer, list it under \`trusted-headers\`.`,
  }
}
