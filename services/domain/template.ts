import { isTailName } from './operation-key.ts'
import { isCustomMethod } from './segment-shape.ts'

/** One segment of a path template, parameter names kept apart: `{id}:activate` is pieces `['', ':activate']`. */
export interface TemplateSegment {
  readonly kind: 'literal' | 'mixed' | 'parameter' | 'tail'
  /** A literal's decoded text; else the segment with names erased. */
  readonly text: string
  /** Literal text around the parameters, one more than there are parameters. */
  readonly pieces: readonly string[]
  readonly names: readonly string[]
}

/**
 * A template, with or without parameter names, as segments. `/a/` has an empty last segment: a trailing slash is
 * another path. `{rest+}` stands for the whole remaining path only as a whole last segment; elsewhere it is one parameter.
 * Literals are percent-decoded once, as paths are.
 */
export function parseTemplate(template: string): readonly TemplateSegment[] {
  const segments = splitOutsideBraces(template)
  return segments.map((text, at) => parseSegment(text, at === segments.length - 1))
}

/**
 * Does one decoded path segment fall under a template's segment, tails left aside? A parameter takes one character or
 * more; one without a colon beside it takes no custom method when it stands last (`/r/{id}` is not `/r/12:activate`).
 */
export function segmentMatches(segment: TemplateSegment, value: string, last: boolean): boolean {
  if (segment.kind === 'literal') return segment.text === value
  if (value === '') return false
  if (last && !segment.text.includes(':') && isCustomMethod(value)) return false
  return segment.kind !== 'mixed' || splitMixed(segment, value) !== undefined
}

/** The values of a mixed segment's parameters, undefined when it does not match; leftmost literals win. */
export function splitMixed(segment: TemplateSegment, value: string): string[] | undefined {
  const { pieces } = segment
  const prefix = pieces[0] ?? ''
  const suffix = pieces[pieces.length - 1] ?? ''
  const end = value.length - suffix.length
  if (end <= prefix.length || !value.startsWith(prefix) || !value.endsWith(suffix)) return undefined
  const values: string[] = []
  let from = prefix.length
  for (let i = 1; i < pieces.length - 1; i++) {
    const piece = pieces[i] ?? ''
    const at = value.indexOf(piece, from + 1)
    if (at < 0 || at + piece.length >= end) return undefined
    values.push(value.slice(from, at))
    from = at + piece.length
  }
  if (from >= end) return undefined
  values.push(value.slice(from, end))
  return values
}

const RANK = { literal: 0, mixed: 1, parameter: 2, tail: 3 } as const

/**
 * Which of two templates wins a path both match: negative when `a`. Segment by segment from the left, literal before
 * mixed before parameter before tail; of two mixed ones the one with more literal text.
 */
export function comparePrecedence(a: readonly TemplateSegment[], b: readonly TemplateSegment[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const one = a[i]
    const two = b[i]
    if (one === undefined || two === undefined) break
    const difference = compareSegments(one, two)
    if (difference !== 0) return difference
  }
  return b.length - a.length
}

/** `comparePrecedence` for one segment; equal only for the same erased text. */
export function compareSegments(a: TemplateSegment, b: TemplateSegment): number {
  if (a.kind !== b.kind) return RANK[a.kind] - RANK[b.kind]
  if (a.text === b.text) return 0
  return literalLength(b) - literalLength(a) || (a.text < b.text ? -1 : 1)
}

/** `%41` → `A`, once. What is no percent-encoding stays; invalid UTF-8 becomes U+FFFD. */
export function decodePercent(text: string): string {
  let at = text.indexOf('%')
  if (at < 0) return text
  let out = ''
  let from = 0
  while (at >= 0) {
    let end = at
    while (text.charCodeAt(end) === 0x25 && hexDigit(text, end + 1) >= 0 && hexDigit(text, end + 2) >= 0) end += 3
    if (end > at) {
      const bytes = Buffer.allocUnsafe((end - at) / 3)
      for (let i = at, to = 0; i < end; i += 3, to++) bytes[to] = hexDigit(text, i + 1) * 16 + hexDigit(text, i + 2)
      out += text.slice(from, at) + bytes.toString('utf8')
      from = end
    }
    at = text.indexOf('%', end > at ? end : at + 1)
  }
  return out + text.slice(from)
}

function parseSegment(text: string, last: boolean): TemplateSegment {
  const pieces: string[] = []
  const names: string[] = []
  let from = 0
  for (;;) {
    const open = text.indexOf('{', from)
    const close = open < 0 ? -1 : text.indexOf('}', open)
    if (close < 0) break
    pieces.push(decodePercent(text.slice(from, open)))
    names.push(text.slice(open + 1, close))
    from = close + 1
  }
  pieces.push(decodePercent(text.slice(from)))
  if (names.length === 0) return { kind: 'literal', text: pieces[0] ?? '', pieces, names }
  const bare = pieces.every(piece => piece === '')
  if (names.length === 1 && bare) {
    if (last && isTailName(names[0] ?? '')) return { kind: 'tail', text: '{+}', pieces, names }
    return { kind: 'parameter', text: '{}', pieces, names }
  }
  return { kind: 'mixed', text: pieces.join('{}'), pieces, names }
}

// A parameter may carry a pattern with a slash in it, `{path:[a-z/]+}`.
function splitOutsideBraces(template: string): string[] {
  const segments: string[] = []
  let depth = 0
  let from = template.startsWith('/') ? 1 : 0
  for (let i = from; i < template.length; i++) {
    const code = template.charCodeAt(i)
    if (code === 0x7b) depth++
    else if (code === 0x7d && depth > 0) depth--
    else if (code === 0x2f && depth === 0) {
      segments.push(template.slice(from, i))
      from = i + 1
    }
  }
  segments.push(template.slice(from))
  return segments
}

function literalLength(segment: TemplateSegment): number {
  let sum = 0
  for (const piece of segment.pieces) sum += piece.length
  return sum
}

function hexDigit(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
