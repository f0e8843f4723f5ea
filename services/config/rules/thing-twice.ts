import { thingIdentity, thingName } from '../build/things.ts'
import type { Rule } from '../draft.ts'
import { fault } from '../findings.ts'

/** One thing has one deprecation: two would tell customers two dates. Parameter names make no other thing. */
export const thingTwice: Rule = draft => {
  const first = new Map<string, string>()
  return draft.deprecations.flatMap(({ item, id, api, thing, successor }) => {
    if (api === undefined || thing === undefined) return []
    const name = thingIdentity(thing)
    const faults = []
    if (successor !== undefined && thingIdentity(successor) === name) {
      faults.push(
        fault(
          item.at('successor'),
          'LC_SUCCESSOR_SELF',
          `${thingName(thing)} is its own successor`,
          'Name what takes its place.',
        ),
      )
    }
    const before = first.get(`${api.id} ${name}`)
    if (before !== undefined) {
      faults.push(
        fault(
          item.at('thing'),
          'LC_THING_TWICE',
          `${thingName(thing)} is deprecated by "${before}" already`,
          'Keep one deprecation; move its date there.',
        ),
      )
    } else first.set(`${api.id} ${name}`, id)
    return faults
  })
}
