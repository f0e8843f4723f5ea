import type { Policy } from '../../domain/policy.ts'
import type { DraftDeprecation, Rule } from '../draft.ts'
import { type Fault, fault } from '../findings.ts'

type Part = 'reason' | 'sunset' | 'successor' | 'guide' | 'support'

const SAID: Readonly<Record<Part, readonly [code: `LC_${string}`, todo: string]>> = {
  reason: ['LC_REASON_MISSING', 'Add reason: one sentence, as customers will read it.'],
  sunset: ['LC_SUNSET_MISSING', 'Add sunset: the date from which it is gone.'],
  successor: ['LC_SUCCESSOR_MISSING', 'Add successor: the thing that takes its place.'],
  guide: ['LC_GUIDE_MISSING', 'Add guide: a url, or from-to with one entry for each old part and its new one.'],
  support: ['LC_SUPPORT_MISSING', 'Add support to the API: an address or a link where customers get help.'],
}

/** What a deprecation must say under its API's policy. */
export const requiredParts: Rule = draft =>
  draft.deprecations.flatMap(deprecation => {
    const policy = deprecation.api?.policy
    return policy === undefined ? [] : missing(deprecation, policy).map(part => without(part, deprecation, policy))
  })

function missing({ item, api }: DraftDeprecation, { requires, sunset }: Policy): Part[] {
  const { value } = item
  const guided = value.guide?.url !== undefined || value.guide?.['from-to'] !== undefined
  const parts: [Part, boolean][] = [
    ['reason', requires.reason && (value.reason ?? '').trim() === ''],
    ['sunset', sunset === 'required' && value.sunset === undefined],
    ['successor', requires.successor && value.successor === undefined],
    ['guide', requires.guide && !guided],
    ['support', requires.support && (api?.support ?? '') === ''],
  ]
  return parts.flatMap(([part, isMissing]) => (isMissing ? [part] : []))
}

function without(part: Part, { item }: DraftDeprecation, policy: Policy): Fault {
  const [code, todo] = SAID[part]
  return fault(item.at(), code, `no ${part}; the policy "${policy.id}" asks for one`, todo, {
    clause: policy.clauses.get(part),
  })
}
