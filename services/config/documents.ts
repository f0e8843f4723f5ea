import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml'
import type { Place } from '../domain/catalogue.ts'
import { type Fault, fault } from './findings.ts'
import { JsonLines } from './json-lines.ts'
import { nestsTooDeeply } from './nesting.ts'

export type Path = readonly (string | number)[]

/** One YAML or JSON text: its value, and where each part of it was written. */
export interface ConfigText {
  readonly file: string
  readonly value: unknown
  /** The line of the key or item that `path` leads to, else of the nearest part around it. */
  place(path: Path): Place
}

class YamlTree implements ConfigText {
  readonly file: string
  readonly value: unknown
  readonly #root: Document.Parsed
  readonly #counter: LineCounter
  readonly #pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()

  constructor(file: string, value: unknown, root: Document.Parsed, counter: LineCounter) {
    this.file = file
    this.value = value
    this.#root = root
    this.#counter = counter
  }

  place(path: Path): Place {
    let node: unknown = this.#root.contents
    let offset = offsetOf(node) ?? 0
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(this.#root)
      if (isMap(node)) {
        const pair = this.#pairsOf(node).get(String(step))
        if (pair === undefined) break
        offset = offsetOf(pair.key) ?? offset
        node = pair.value
      } else if (isSeq(node)) {
        node = node.items[Number(step)]
        offset = offsetOf(node) ?? offset
      } else break
    }
    return { file: this.file, line: this.#counter.linePos(offset).line }
  }

  /** An OpenAPI file has thousands of keys in one map, and each is asked for. */
  #pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
    let pairs = this.#pairs.get(map)
    if (pairs === undefined) {
      pairs = new Map(map.items.filter(item => isScalar(item.key)).map(item => [String(item.key), item]))
      this.#pairs.set(map, pairs)
    }
    return pairs
  }
}

/**
 * Reads one YAML text. Its faults (syntax, a key written twice, aliases that multiply) are returned, all of them.
 * An empty text is an empty set of keys.
 */
export function readYaml(
  file: string,
  text: string,
): { readonly yaml: ConfigText | undefined; readonly faults: readonly Fault[] } {
  if (nestsTooDeeply(text)) return { yaml: undefined, faults: [unusable(file, 'nested too deeply')] }
  const json = file.endsWith('.json') ? readJson(file, text) : undefined
  if (json !== undefined) return { yaml: json, faults: [] }
  const counter = new LineCounter()
  try {
    // Keys written twice are found below: the parser's own search is quadratic in the keys of one map.
    const root = parseDocument(text, {
      lineCounter: counter,
      uniqueKeys: false,
      merge: true,
      prettyErrors: false,
      logLevel: 'error',
    })
    const place = (offset: number): Place => ({ file, line: counter.linePos(offset).line })
    const faults = root.errors.map(error =>
      fault(
        place(error.pos[0]),
        'LC_YAML',
        `not YAML: ${error.message}`,
        'Mend the text here; indentation is the usual cause.',
      ),
    )
    faults.push(...keysTwice(root, place))
    if (faults.length > 0) return { yaml: undefined, faults }
    return { yaml: new YamlTree(file, root.toJS({ maxAliasCount: 100 }) ?? {}, root, counter), faults }
  } catch (error) {
    // The parser throws on aliases that multiply (ReferenceError) and on nesting it has no stack for (RangeError).
    const reason =
      error instanceof RangeError ? 'nested too deeply' : error instanceof Error ? error.message : String(error)
    return { yaml: undefined, faults: [unusable(file, reason)] }
  }
}

/** JSON is YAML, and read ten times as fast by itself: OpenAPI files are large. What is no JSON is told as YAML. */
function readJson(file: string, text: string): ConfigText | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const lines = new JsonLines(text)
    return { file, value, place: path => ({ file, line: lines.line(path) }) }
  } catch {
    return undefined
  }
}

const unusable = (file: string, reason: string): Fault =>
  fault({ file, line: 1 }, 'LC_YAML', `not usable: ${reason}`, 'Write it out with fewer aliases and less nesting.')

const offsetOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined)

function keysTwice(root: Document.Parsed, place: (offset: number) => Place): Fault[] {
  const faults: Fault[] = []
  visit(root, {
    Map(_, map) {
      const seen = new Set<string>()
      for (const { key } of map.items) {
        if (!isScalar(key)) continue
        const name = String(key.value)
        if (seen.has(name) && name !== '<<')
          faults.push(
            fault(
              place(key.range?.[0] ?? 0),
              'LC_KEY_TWICE',
              `"${name.slice(0, 80)}" is written twice in one place`,
              'Keep one of the two.',
            ),
          )
        seen.add(name)
      }
    },
  })
  return faults
}
