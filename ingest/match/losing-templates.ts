import type { Route, Routes } from '../../services/domain/routes.ts'
import { isCustomMethod } from '../../services/domain/segment-shape.ts'
import { compareSegments, segmentMatches, type TemplateSegment } from '../../services/domain/template.ts'
import { splitPath } from './path-segments.ts'

/** A template of the API that a call did not fall to. */
export interface Loser {
  /** `METHOD /v1/x/{}`, as calls are stored. */
  readonly template: string
  /** The first segment that differed, counted from 1; 0 when the path fits and something else decided. */
  readonly segment: number
  readonly why: string
}

/** The nearest ones are enough for a person. */
const MOST = 5

/**
 * The templates nearest to a call that lost, those first that agree with its path longest, then those of its method.
 * `path` is the scrubbed one, so that what is shown is what is kept; `winner` the key of the operation matched, if any.
 */
export function losingTemplates(routes: Routes, method: string, path: string, winner: string): Loser[] {
  const segments: string[] = []
  segments.length = splitPath(path, segments)
  const won = routes.byKey.get(winner)
  return [...routes.byKey.values()]
    .filter(route => route !== won)
    .map(route => ({ route, agreed: agreementOf(route.segments, segments) }))
    .filter(({ agreed }) => agreed > 0)
    .sort(
      (a, b) =>
        b.agreed - a.agreed ||
        Number(b.route.method === method) - Number(a.route.method === method) ||
        (a.route.key < b.route.key ? -1 : 1),
    )
    .slice(0, MOST)
    .map(({ route, agreed }) => ({ template: route.key, ...differenceOf(route, segments, agreed, method, won) }))
}

/** Leading segments that fit; one more than the path has when all of it fits. */
function agreementOf(template: readonly TemplateSegment[], segments: readonly string[]): number {
  for (let i = 0; ; i++) {
    const wanted = template[i]
    const found = segments[i]
    if (wanted === undefined && found === undefined) return i + 1
    if (wanted === undefined || found === undefined) return i
    if (wanted.kind === 'tail')
      return found !== '' && !isCustomMethod(segments[segments.length - 1] ?? '') ? segments.length + 1 : i
    if (!segmentMatches(wanted, found, i + 1 === segments.length)) return i
  }
}

function differenceOf(
  route: Route,
  segments: readonly string[],
  agreed: number,
  method: string,
  won: Route | undefined,
): Omit<Loser, 'template'> {
  if (agreed > segments.length) {
    if (route.method !== method) return { segment: 0, why: `the method is ${method}, not ${route.method}` }
    return { segment: 0, why: won === undefined ? 'it fits' : moreParticular(route, won) }
  }
  const at = agreed + 1
  const wanted = route.segments[agreed]
  const found = segments[agreed]
  if (found === undefined) return { segment: at, why: `segment ${String(at)}, "${wanted?.text ?? ''}", is missing` }
  if (wanted === undefined) return { segment: at, why: `segment ${String(at)}, "${found}", is one too many` }
  if (found === '')
    return {
      segment: at,
      why: `segment ${String(at)} is empty, not "${wanted.text}" (a trailing or doubled slash is another path)`,
    }
  if (wanted.kind !== 'literal' && !wanted.text.includes(':') && isCustomMethod(segments[segments.length - 1] ?? '')) {
    return { segment: at, why: `the path ends in a custom method, which "${wanted.text}" does not take` }
  }
  return { segment: at, why: `segment ${String(at)} is "${found}", not "${wanted.text}"` }
}

function moreParticular(route: Route, won: Route): string {
  for (const [i, one] of won.segments.entries()) {
    const other = route.segments[i]
    if (other === undefined || compareSegments(one, other) !== 0)
      return `it fits too, but "${one.text}" beats "${other?.text ?? ''}" in segment ${String(i + 1)}`
  }
  return 'it fits too'
}
