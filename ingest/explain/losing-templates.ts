import type { Routes } from '../../services/domain/routes.ts'

/** A template of the API that did not match, and the first segment that differed. */
export interface Loser {
  /** `METHOD /v1/x/{}` as stored. */
  readonly template: string
  readonly why: string
}

/** The nearest ones are enough for a person. */
const MOST = 3

/** The templates nearest to a path that lost: those that agree longest, with the first difference of each. */
export function losingTemplates(routes: Routes, method: string, path: string, winner: string): Loser[] {
  const segments = path.split('/').slice(1)
  return [...routes.byKey.values()]
    .filter(route => route.key !== winner)
    .map(route => ({ route, agreed: agreement(templateOf(route.key), segments) }))
    .filter(({ agreed }) => agreed > 0)
    .sort((a, b) => b.agreed - a.agreed || (a.route.key < b.route.key ? -1 : 1))
    .slice(0, MOST)
    .map(({ route, agreed }) => ({ template: route.key, why: difference(templateOf(route.key), segments, agreed, route.method, method) }))
}

const templateOf = (key: string): string[] => key.slice(key.indexOf(' ') + 1).split('/').slice(1)

/** How many leading segments agree. */
function agreement(template: readonly string[], segments: readonly string[]): number {
  let agreed = 0
  while (agreed < template.length && agreed < segments.length && (template[agreed] === segments[agreed] || (template[agreed] ?? '').includes('{'))) agreed += 1
  return agreed
}

function difference(template: readonly string[], segments: readonly string[], agreed: number, theirs: string, ours: string): string {
  const wanted = template[agreed]
  const found = segments[agreed]
  if (wanted === undefined && found === undefined) return theirs === ours ? 'another template is more specific' : `the method is ${ours}, not ${theirs}`
  if (found === undefined) return `segment ${agreed + 1} "${wanted}" is missing`
  if (wanted === undefined) return `segment ${agreed + 1} "${found}" is one too many`
  return `segment ${agreed + 1} is "${found}", not "${wanted}"`
}
