import type { Route } from '../../services/domain/routes.ts'
import { isCustomMethod } from '../../services/domain/segment-shape.ts'
import { compareSegments, segmentMatches, type TemplateSegment } from '../../services/domain/template.ts'

interface Node {
  literals: Map<string, Node> | undefined
  /** In order of precedence. */
  mixed: { readonly segment: TemplateSegment; readonly node: Node }[] | undefined
  parameter: Node | undefined
  tail: Route | undefined
  route: Route | undefined
}

/**
 * The routes of one API, a tree for each method. Finds the route a path falls to, never one it does not match:
 * from the left a literal beats a mixed segment beats a parameter beats a tail, and a branch that leads nowhere is left
 * again. A path visits each node at most once, so no path costs more than the tree is large. Immutable once built.
 */
export class PathTrie {
  readonly #roots = new Map<string, Node>()

  constructor(routes: Iterable<Route>) {
    for (const route of routes) this.#add(route)
  }

  /** `segments[0, count)` is the path, decoded once (path-segments.ts); `method` upper-case. */
  match(method: string, segments: readonly string[], count: number): Route | undefined {
    const root = this.#roots.get(method)
    return root === undefined ? undefined : find(root, segments, 0, count)
  }

  hasMethod(method: string): boolean {
    return this.#roots.has(method)
  }

  #add(route: Route): void {
    let node = this.#roots.get(route.method)
    if (node === undefined) {
      node = emptyNode()
      this.#roots.set(route.method, node)
    }
    for (const segment of route.segments) {
      if (segment.kind === 'tail') {
        node.tail ??= route
        return
      }
      node = childOf(node, segment)
    }
    node.route ??= route
  }
}

function find(node: Node, segments: readonly string[], at: number, count: number): Route | undefined {
  if (at === count) return node.route
  const value = segments[at] ?? ''
  const literal = node.literals?.get(value)
  if (literal !== undefined) {
    const found = find(literal, segments, at + 1, count)
    if (found !== undefined) return found
  }
  if (value === '') return undefined
  const last = at + 1 === count
  if (node.mixed !== undefined) {
    for (const edge of node.mixed) {
      if (!segmentMatches(edge.segment, value, last)) continue
      const found = find(edge.node, segments, at + 1, count)
      if (found !== undefined) return found
    }
  }
  if (node.parameter !== undefined && !(last && isCustomMethod(value))) {
    const found = find(node.parameter, segments, at + 1, count)
    if (found !== undefined) return found
  }
  return node.tail !== undefined && !isCustomMethod(segments[count - 1] ?? '') ? node.tail : undefined
}

function childOf(node: Node, segment: TemplateSegment): Node {
  if (segment.kind === 'literal') {
    node.literals ??= new Map()
    const found = node.literals.get(segment.text)
    if (found !== undefined) return found
    const child = emptyNode()
    node.literals.set(segment.text, child)
    return child
  }
  if (segment.kind === 'parameter') {
    node.parameter ??= emptyNode()
    return node.parameter
  }
  node.mixed ??= []
  const found = node.mixed.find(edge => edge.segment.text === segment.text)
  if (found !== undefined) return found.node
  const child = emptyNode()
  node.mixed.push({ segment, node: child })
  node.mixed.sort((a, b) => compareSegments(a.segment, b.segment))
  return child
}

function emptyNode(): Node {
  return { literals: undefined, mixed: undefined, parameter: undefined, tail: undefined, route: undefined }
}
