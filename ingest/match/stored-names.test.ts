import fc from 'fast-check'
import t from 'tap'
import { type Route, routesOf } from '../../services/domain/routes.ts'
import { namesOf } from '../../services/domain/things.ts'
import { operationThing, worldOf } from '../../test/small-world.ts'
import { scrubPath, scrubUnknownPath } from '../normalise/scrub-path.ts'
import { InferredNames } from './inferred-names.ts'
import { splitPath } from './path-segments.ts'
import { PathTrie } from './path-trie.ts'

const templateSegment = fc.constantFrom(
  'orders',
  'me',
  'tokens',
  '42',
  '{x}',
  '{x}:go',
  '{x}.json',
  'order{x}',
  '{x}-{y}',
  'me:go',
  'v1',
)
const template = fc
  .tuple(fc.array(templateSegment, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '', '', '/{rest+}', '/'))
  .map(([segments, end]) => `GET /${segments.join('/')}${end}`)
const values = [
  'orders',
  'me',
  'tokens',
  '42',
  '7',
  '7:go',
  'me:go',
  '7.json',
  'me.json',
  'order7',
  '7-8',
  'ann@corp.example',
  'v1',
  '',
  'ann:bob',
  '9f86d081884c7d659a2feaa0c55ad015',
]
const value = fc.constantFrom(...values)

// A path of any words, or one made from a template: each parameter filled with the next word.
function pathOf(operations: readonly string[], words: readonly string[], pick: number): string {
  const operation = operations[pick]
  if (operation === undefined) return `/${words.join('/')}`
  let at = 0
  return operation.slice(operation.indexOf(' ') + 1).replace(/\{[^}]*\}/g, () => words[at++ % words.length] ?? '')
}
const pick = fc.nat({ max: 8 })

t.test('exact names stand for the operation alone, and no call of it stands under a name left out', async t => {
  let exact = 0
  let possibly = 0
  fc.assert(
    fc.property(
      fc.uniqueArray(template, { minLength: 1, maxLength: 6 }),
      fc.array(fc.tuple(fc.array(value, { minLength: 1, maxLength: 4 }), pick), { minLength: 10, maxLength: 40 }),
      (operations, paths) => {
        const [wanted = ''] = operations
        const routes = routesOf(worldOf([{ operations: operations.slice(1), deprecated: [wanted] }]), 'partner')
        const thing = operationThing(wanted)
        const trie = new PathTrie(routes.byKey.values())
        const names = new InferredNames()
        // Stored before anything was declared, judged by the routes of today.
        const stored = new Map<string, { yes: string[]; no: string[] }>()
        for (const [words, from] of paths) {
          const segments: string[] = []
          const path = pathOf(operations, words, from)
          const count = splitPath(path, segments)
          const operation = `GET ${names.name(segments, count, false, [])}`
          const falls = trie.match('GET', segments, count)?.key === thing.key
          const seen = stored.get(operation) ?? { yes: [], no: [] }
          stored.set(operation, seen)
          seen[falls ? 'yes' : 'no'].push(path)
        }
        const found = namesOf(
          thing,
          routes,
          [...stored.keys()].map(operation => ({ version: '', operation })),
        )
        exact += found.exact.length
        possibly += found.possibly.length
        for (const [operation, seen] of stored) {
          // A name that is a route of its own today keeps its calls.
          if (routes.byKey.has(operation)) continue
          const isExact = found.exact.some(name => name.operation === operation)
          const isPossible = found.possibly.some(name => name.operation === operation)
          if (isExact && seen.no.length > 0)
            throw new Error(`${operation} is not ${thing.key} alone: ${seen.no.join(' ')}`)
          if (!isExact && !isPossible && seen.yes.length > 0)
            throw new Error(`${operation} was left out of ${thing.key}: ${seen.yes.join(' ')}`)
        }
      },
    ),
    { numRuns: 3_000 },
  )
  t.ok(exact > 500, `${String(exact)} exact`)
  t.ok(possibly > 500, `${String(possibly)} possible`)
})

t.test('a scrubbed path is matched as the logged one was', async t => {
  let known = 0
  fc.assert(
    fc.property(
      fc.uniqueArray(template, { minLength: 1, maxLength: 6 }),
      fc.array(fc.oneof(value, fc.constantFrom('a%2Fb', '%25', 'a;v=1', 'a b', 'x:qzxkvwbn', 'é', '%00', 'a%3Fb')), {
        minLength: 1,
        maxLength: 4,
      }),
      pick,
      (operations, words, from) => {
        const routes = routesOf(worldOf([{ operations }]), 'partner')
        const trie = new PathTrie(routes.byKey.values())
        const match = (path: string): { route: Route | undefined; scrubbed: string } => {
          const segments: string[] = []
          const count = splitPath(path, segments)
          const route = trie.match('GET', segments, count)
          const kept: boolean[] = []
          if (route === undefined) new InferredNames().name(segments, count, false, kept)
          return {
            route,
            scrubbed: route === undefined ? scrubUnknownPath(segments, count, kept) : scrubPath(segments, count, route),
          }
        }
        const path = pathOf(operations, words, from)
        const first = match(path)
        const again = match(first.scrubbed)
        if (first.route !== undefined) known++
        if (first.route?.key !== again.route?.key)
          throw new Error(`${path} was ${String(first.route?.key)}, ${first.scrubbed} is ${String(again.route?.key)}`)
        if (again.scrubbed !== first.scrubbed) throw new Error(`${first.scrubbed} became ${again.scrubbed}`)
      },
    ),
    { numRuns: 6_000 },
  )
  t.ok(known > 500, `${String(known)} known`)
})
