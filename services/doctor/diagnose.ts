import type { Diagnosis, Examined, Rule } from './examined.ts'
import { alikeBodies } from './rules/alike-bodies.ts'
import { clockSkew } from './rules/clock-skew.ts'
import { droppedLines } from './rules/dropped-lines.ts'
import { lateLines } from './rules/late-lines.ts'
import { noIdentity } from './rules/no-identity.ts'
import { nothingArrives } from './rules/nothing-arrives.ts'
import { oneNetwork } from './rules/one-network.ts'
import { onlySuccess } from './rules/only-success.ts'
import { sampled } from './rules/sampled.ts'
import { secondHop } from './rules/second-hop.ts'
import { trustedHeaderOpen } from './rules/trusted-header-open.ts'
import { unknownTemplates } from './rules/unknown-templates.ts'
import { unparsedLines } from './rules/unparsed-lines.ts'

/** Every rule by its name, in the order of what to mend first. */
export const RULES: ReadonlyMap<string, Rule> = new Map([
  ['nothing-arrives', nothingArrives],
  ['unparsed-lines', unparsedLines],
  ['dropped-lines', droppedLines],
  ['clock-skew', clockSkew],
  ['no-identity', noIdentity],
  ['second-hop', secondHop],
  ['unknown-templates', unknownTemplates],
  ['sampled', sampled],
  ['only-success', onlySuccess],
  ['late-lines', lateLines],
  ['one-network', oneNetwork],
  ['trusted-header-open', trustedHeaderOpen],
  ['alike-bodies', alikeBodies],
])

/** What is wrong with a source. Pure. */
export function diagnose(examined: Examined): readonly Diagnosis[] {
  return [...RULES].flatMap(([rule, judge]) => {
    const found = judge(examined)
    return found === undefined ? [] : [{ rule, ...found }]
  })
}
