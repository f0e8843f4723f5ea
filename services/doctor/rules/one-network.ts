import type { Rule } from '../examined.ts'

export const oneNetwork: Rule = ({ facts }) => {
  if (facts.calls < 200 || facts.networks > 1) return undefined
  return {
    level: 'warning',
    message: 'All calls come from one network: the gateway seems to log the proxy before it.',
    todo: 'Let it log the client’s address (nginx `real_ip`, HAProxy `option forwardfor`), if that proxy can be trusted.',
  }
}
