import type { Rule } from '../draft.ts'
import { fault } from '../findings.ts'

/** A call's host tells its API, so a host is of one API. A wildcard beside an exact name is fine: the exact one wins. */
export const hostTwice: Rule = draft => {
  const owners = new Map<string, string>()
  return draft.apis.flatMap(api =>
    api.hosts.flatMap((host, index) => {
      const owner = owners.get(host)
      owners.set(host, owner ?? api.id)
      if (owner === undefined) return []
      const by = owner === api.id ? 'named twice' : `of the API "${owner}" already`
      return [
        fault(
          api.item.at('hosts', index),
          'LC_HOST_TWICE',
          `the host "${host}" is ${by}`,
          'Give each host to one API; versions of one API share it.',
        ),
      ]
    }),
  )
}
