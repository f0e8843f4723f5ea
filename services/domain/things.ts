import type { Thing } from './catalogue.ts'
import type { Routes } from './routes.ts'
import { OTHER, secretsFollow, segmentShape } from './segment-shape.ts'
import { comparePrecedence, parseTemplate, segmentMatches, type TemplateSegment } from './template.ts'

/** A name under which calls are stored. `matched` may be left out where a table does not keep it. */
export interface StoredName {
  readonly version: string
  readonly operation: string
  readonly matched?: 'known' | 'inferred'
}

export interface Names {
  /** Every call stored under these used the thing. */
  readonly exact: readonly StoredName[]
  /** Calls stored under these may have used it: listed, never mailed. */
  readonly possibly: readonly StoredName[]
}

/**
 * Resolves a deprecation's thing to the stored names its usage stands under, before a query is asked (design §5, §7).
 * Stored operations are judged again by today's routes: a name is exact when every path it can stand for falls to the
 * thing's operation, possible when some do, so that an operation deprecated today is right for history too.
 * A field and an error code leave no trace in an access log: no names. HEAD and OPTIONS are use of a version only
 * where the catalogue names them. Names come back in the order given; the caller asks for one API's names only.
 */
export function namesOf(thing: Thing, routes: Routes, stored: Iterable<StoredName>): Names {
  const exact: StoredName[] = []
  const possibly: StoredName[] = []
  for (const name of stored) {
    const share = shareOf(thing, routes, name)
    if (share === 'all') exact.push(name)
    else if (share === 'some') possibly.push(name)
  }
  return { exact, possibly }
}

type Share = 'all' | 'some' | 'none'

function shareOf(thing: Thing, routes: Routes, name: StoredName): Share {
  if (thing.kind === 'version') {
    if (!sameVersion(thing.version, name.version, routes.selector.in)) return 'none'
    return isUseOfNothing(name.operation, routes) ? 'none' : 'all'
  }
  if (thing.kind !== 'operation') return 'none'
  if (name.operation === thing.key) return 'all'
  // A name that is itself a route today keeps its calls.
  if (routes.byKey.has(name.operation)) return 'none'
  return shareOfOperation(thing.key, routes, name)
}

/** In a path `v2` and `v2.2` are what they are; elsewhere callers write `v2` and `2` for one version. */
function sameVersion(wanted: string, stored: string, selector: string): boolean {
  if (wanted === stored) return stored !== ''
  return selector !== 'path' && stored !== '' && bareVersion(wanted) === bareVersion(stored)
}

function bareVersion(version: string): string {
  return /^[vV]\d/.test(version) ? version.slice(1) : version
}

function isUseOfNothing(operation: string, routes: Routes): boolean {
  if (!operation.startsWith('HEAD ') && !operation.startsWith('OPTIONS ')) return false
  if (routes.byKey.has(operation)) return false
  for (const key of routes.byKey.keys())
    if (shareOfOperation(key, routes, { version: '', operation }) === 'all') return false
  return true
}

function shareOfOperation(key: string, routes: Routes, name: StoredName): Share {
  const wanted = routes.byKey.get(key)
  const space = name.operation.indexOf(' ')
  if (wanted === undefined || name.operation.slice(0, space) !== wanted.method) return 'none'
  const segments = parseTemplate(name.operation.slice(space + 1))
  const inferred = name.matched !== 'known'
  const share = overlap(segments, wanted.segments, inferred)
  if (share === 'none') return 'none'
  let whole = share === 'all'
  for (const rival of routes.byKey.values()) {
    if (rival === wanted || rival.method !== wanted.method || comparePrecedence(rival.segments, wanted.segments) >= 0)
      continue
    const taken = overlap(segments, rival.segments, inferred)
    if (taken === 'all') return 'none'
    if (taken === 'some') whole = false
  }
  return whole ? 'all' : 'some'
}

/** How much of what `stored` can stand for does `template` match? */
function overlap(stored: readonly TemplateSegment[], template: readonly TemplateSegment[], inferred: boolean): Share {
  let whole = true
  for (let i = 0; ; i++) {
    const one = stored[i]
    const two = template[i]
    if (one === undefined || two === undefined) return one !== two ? 'none' : whole ? 'all' : 'some'
    if (two.kind !== 'tail' && (one.kind === 'tail' || one.text === OTHER)) return 'some'
    const share = two.kind === 'tail' ? tailOverlap(stored, i) : segmentOverlap(stored, i, two, inferred)
    if (share === 'none') return 'none'
    if (share === 'some') whole = false
    if (two.kind === 'tail') return whole ? 'all' : 'some'
  }
}

function tailOverlap(stored: readonly TemplateSegment[], at: number): Share {
  if (stored[at]?.text === '') return 'none'
  return stored[stored.length - 1]?.text.includes(':') ? 'some' : 'all'
}

function segmentOverlap(
  all: readonly TemplateSegment[],
  at: number,
  template: TemplateSegment,
  inferred: boolean,
): Share {
  const stored = all[at]
  const last = at === all.length - 1
  if (stored === undefined) return 'none'
  if (stored.kind === 'literal') return segmentMatches(template, stored.text, last) ? 'all' : 'none'
  const before = all[at - 1]
  const hidden = before?.kind === 'literal' && secretsFollow(before.text)
  if (template.kind === 'literal') {
    if (!segmentMatches(stored, template.text, last)) return 'none'
    return inferred && isKeptByInference(template.text, last, stored, hidden) ? 'none' : 'some'
  }
  if (template.kind === 'parameter') return last && stored.text.includes(':') ? 'some' : 'all'
  if (stored.kind === 'parameter') return inferred && isShownByInference(template, last, hidden) ? 'none' : 'some'
  return mixedOverlap(stored, template)
}

// An inferred `{}` never stands for what would have been kept as a name.
function isKeptByInference(literal: string, last: boolean, stored: TemplateSegment, hidden: boolean): boolean {
  return segmentShape(literal, last, hidden) !== stored.text
}

// `{id}:activate` and `{id}.json` keep their ends in an inferred name, so a bare `{}` is not of them.
function isShownByInference(template: TemplateSegment, last: boolean, hidden: boolean): boolean {
  const shape = segmentShape(template.pieces.join('0'), last, hidden)
  return shape.startsWith('{}') && shape !== '{}'
}

function mixedOverlap(stored: TemplateSegment, template: TemplateSegment): Share {
  if (stored.text === template.text) return 'all'
  const [onePrefix, oneSuffix] = ends(stored)
  const [twoPrefix, twoSuffix] = ends(template)
  if (!onePrefix.startsWith(twoPrefix) && !twoPrefix.startsWith(onePrefix)) return 'none'
  if (!oneSuffix.endsWith(twoSuffix) && !twoSuffix.endsWith(oneSuffix)) return 'none'
  const covers = template.pieces.length === 2 && onePrefix.startsWith(twoPrefix) && oneSuffix.endsWith(twoSuffix)
  return covers && (template.text.includes(':') || !stored.text.includes(':')) ? 'all' : 'some'
}

function ends(segment: TemplateSegment): readonly [string, string] {
  return [segment.pieces[0] ?? '', segment.pieces[segment.pieces.length - 1] ?? '']
}
