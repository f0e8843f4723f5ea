import { OTHER, secretsFollow, segmentShape } from '../../services/domain/segment-shape.ts'

/** Templates kept for one API; a path that would need another is stored under `__other__`. */
const MOST_NODES = 4_000
/** Names kept beside each other in one place; beyond that the place holds ids. */
const MOST_BESIDE = 400
/** What calls answered 4xx may fill of either: a scanner's guesses must not crowd out real paths. */
const GUESSES = 0.25
const DEEPEST = 12

interface Node {
  /** The template so far, `/v1/orders/{}`; '' at the root. */
  readonly text: string
  /** Its last segment. */
  readonly shape: string
  readonly depth: number
  /** No name is kept after this one. */
  readonly hides: boolean
  children: Map<string, Node> | undefined
}

/**
 * Names for the paths of one API that no known operation matches: names stay, everything else becomes `{}`
 * (segment-shape.ts), the number of different templates is bounded. Which names are kept when a cap is reached depends
 * on the order of calls; nothing else does.
 */
export class InferredNames {
  readonly #root = emptyNode('', '', 0, false)
  #nodes = 0

  /**
   * The template of a decoded path, `/v1/orders/{}`. `guessed`: the call was answered 4xx. `kept[0, count)` is set to
   * which segments the template shows as they are.
   */
  name(segments: readonly string[], count: number, guessed: boolean, kept: boolean[]): string {
    let node = this.#root
    for (let i = 0; i < count; i++) kept[i] = false
    for (let i = 0; i < count; i++) {
      const value = segments[i] ?? ''
      const child =
        (node.hides ? undefined : node.children?.get(value)) ?? this.#child(node, value, i + 1 === count, guessed)
      if (child === undefined) return `${node.text}/${OTHER}`
      node = child
      kept[i] = child.shape === value
    }
    return node.text
  }

  #child(node: Node, value: string, last: boolean, guessed: boolean): Node | undefined {
    const shape = segmentShape(value, last, node.hides)
    const found = node.children?.get(shape)
    if (found !== undefined) return found
    const share = guessed ? GUESSES : 1
    const full = this.#nodes >= MOST_NODES * share || (node.children?.size ?? 0) >= MOST_BESIDE * share
    if (full || node.depth === DEEPEST || shape === OTHER) return undefined
    const child = emptyNode(`${node.text}/${shape}`, shape, node.depth + 1, secretsFollow(shape))
    node.children ??= new Map()
    node.children.set(shape, child)
    this.#nodes++
    return child
  }
}

function emptyNode(text: string, shape: string, depth: number, hides: boolean): Node {
  return { text, shape, depth, hides, children: undefined }
}
