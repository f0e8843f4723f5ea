import fc from 'fast-check'
import t from 'tap'
import { operationKey } from '../../services/domain/operation-key.ts'
import type { Route } from '../../services/domain/routes.ts'
import { parseTemplate } from '../../services/domain/template.ts'
import { splitPath } from './path-segments.ts'
import { PathTrie } from './path-trie.ts'

const route = (method: string, template: string): Route => ({
  method,
  key: operationKey(method, template),
  segments: parseTemplate(template),
  pathVersion: '',
})

function finder(...operations: string[]): (request: string) => string | undefined {
  const trie = new PathTrie(
    operations.map(operation => route(operation.split(' ')[0] ?? '', operation.split(' ')[1] ?? '')),
  )
  return request => {
    const [method = '', path = ''] = request.split(' ')
    const segments: string[] = []
    return trie.match(method, segments, splitPath(path, segments))?.key
  }
}

t.test('a parameter never swallows a custom method', async t => {
  const find = finder('GET /r/{id}', 'POST /r/{id}:activate')
  t.equal(find('GET /r/12'), 'GET /r/{}')
  t.equal(find('GET /r/12:activate'), undefined)
  t.equal(find('GET /r/12%3Aactivate'), undefined)
  t.equal(find('POST /r/12:activate'), 'POST /r/{}:activate')
  t.equal(find('POST /r/:activate'), undefined, 'an empty id is no id')
  t.equal(find('GET /r/urn:isbn:0451450523'), 'GET /r/{}', 'an id with a colon is still an id')
  t.equal(find('GET /r/10:00:00Z'), 'GET /r/{}')
})

t.test('a colon inside a path is data, a colon at its end may be a method', async t => {
  const find = finder('GET /subjects/{id}/roles', 'GET /subjects/{id}')
  t.equal(find('GET /subjects/user:alice/roles'), 'GET /subjects/{}/roles')
  t.equal(find('GET /subjects/user:alice'), undefined)
})

t.test('literal beats mixed beats parameter beats tail, and a dead end is left again', async t => {
  const find = finder(
    'GET /f/me',
    'GET /f/{id}.json',
    'GET /f/{id}',
    'GET /f/{rest+}',
    'GET /f/{id}/x',
    'GET /f/me/y',
    'GET /f/{a}-{b}',
  )
  t.equal(find('GET /f/me'), 'GET /f/me')
  t.equal(find('GET /f/12.json'), 'GET /f/{}.json')
  t.equal(find('GET /f/.json'), 'GET /f/{}')
  t.equal(find('GET /f/12-3'), 'GET /f/{}-{}')
  t.equal(find('GET /f/12'), 'GET /f/{}')
  t.equal(find('GET /f/me/x'), 'GET /f/{}/x')
  t.equal(find('GET /f/a/b/c'), 'GET /f/{+}')
  t.equal(find('GET /f/'), undefined, 'a tail takes one character or more')
})

t.test('method matters, and HEAD and OPTIONS are no GET', async t => {
  const find = finder('GET /r/{id}', 'OPTIONS /r')
  t.equal(find('HEAD /r/12'), undefined)
  t.equal(find('POST /r/12'), undefined)
  t.equal(find('OPTIONS /r'), 'OPTIONS /r')
})

t.test('a trailing slash, another case and an empty segment are other paths', async t => {
  const find = finder('GET /r/{id}', 'GET /r', 'GET /s/')
  t.equal(find('GET /r/'), undefined)
  t.equal(find('GET /R/12'), undefined)
  t.equal(find('GET /r/12/'), undefined)
  t.equal(find('GET //r/12'), undefined)
  t.equal(find('GET /s'), undefined)
  t.equal(find('GET /s/'), 'GET /s/')
})

t.test('a path is decoded once, and encoded slashes and dots stay data', async t => {
  const find = finder('GET /r/{id}', 'GET /r/{id}/x', 'GET /café', 'GET /a/../b', 'GET /r/%2e%2e')
  t.equal(find('GET /%72/12'), 'GET /r/{}')
  t.equal(find('GET /r/a%2Fx'), 'GET /r/{}')
  t.equal(find('GET /r/a%5Cx'), 'GET /r/{}')
  t.equal(find('GET /caf%C3%A9'), 'GET /café')
  t.equal(find('GET /q/%2e%2E/r/12'), 'GET /r/{}')
  t.equal(find('GET /q/../r/./12'), 'GET /r/{}')
  t.equal(find('GET /../r/12'), 'GET /r/{}')
  t.equal(find('GET /r/%252e%252e'), 'GET /r/{}')
  t.equal(find('GET /r/12/..'), undefined, 'it ends in a slash')
  t.equal(find('GET /r/%ff%zz%'), 'GET /r/{}')
})

t.test('names of parameters do not matter', async t => {
  t.equal(finder('GET /r/{a}/x', 'GET /r/{b}')('GET /r/1'), 'GET /r/{}')
  t.equal(finder('GET /r/{id:[0-9/]+}/x')('GET /r/1/x'), 'GET /r/{}/x')
})

// The slow, obvious matcher: a regular expression for each template, all tried, the most particular one kept.
function slow(routes: readonly Route[], method: string, segments: readonly string[]): string | undefined {
  const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const verb = /:[A-Za-z][A-Za-z_-]*$/.test(segments[segments.length - 1] ?? '')
  const fits = routes.filter(route => {
    if (route.method !== method) return false
    const tail = route.segments[route.segments.length - 1]?.kind === 'tail'
    if (tail ? segments.length < route.segments.length : segments.length !== route.segments.length) return false
    if (
      verb &&
      (tail ||
        (route.segments[segments.length - 1]?.names.length && !route.segments[segments.length - 1]?.text.includes(':')))
    )
      return false
    return route.segments.every((segment, i) => {
      if (segment.kind === 'tail') return segments[i] !== ''
      return new RegExp(`^${segment.pieces.map(literally).join('[^]+?')}$`).test(segments[i] ?? '')
    })
  })
  const rank = (route: Route): string =>
    route.segments
      .map(({ kind, pieces, text }) => {
        if (kind === 'literal') return '0'
        if (kind === 'mixed') return `1${String(999 - pieces.join('').length)}${text}`
        return kind === 'parameter' ? '2' : '3'
      })
      .join('\0')
  return fits.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0))[0]?.key
}

const word = fc.constantFrom(
  'a',
  'b',
  'ab',
  'a-b',
  'a.json',
  'me',
  '12',
  '12:go',
  'a:go',
  ':go',
  'x:1',
  '',
  '.',
  '..',
  '%2e',
  'a%2Fb',
  '%61',
  'é',
)
const templateSegment = fc.constantFrom(
  'a',
  'b',
  'me',
  '',
  '{x}',
  '{y}',
  '{x}:go',
  '{x}.json',
  'a{x}',
  '{x}-{y}',
  '{x}{y}',
  '{x}b',
  '12:go',
  'a%2Fb',
  '{x}:{y}',
)
const method = fc.constantFrom('GET', 'POST')
const template = fc
  .tuple(fc.array(templateSegment, { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([segments, tail]) => `/${segments.join('/')}${tail ? '/{rest+}' : ''}`)

t.test('it agrees with a slow, obvious matcher on any routes and any path', async t => {
  let matched = 0
  fc.assert(
    fc.property(
      fc.array(fc.tuple(method, template), { minLength: 1, maxLength: 12 }),
      fc.array(fc.tuple(method, fc.array(word, { minLength: 1, maxLength: 5 })), { minLength: 1, maxLength: 8 }),
      (operations, requests) => {
        const routes = operations.map(([m, template]) => route(m, template))
        const trie = new PathTrie(routes)
        for (const [m, words] of requests) {
          const segments: string[] = []
          const count = splitPath(`/${words.join('/')}`, segments)
          const found = trie.match(m, segments, count)?.key
          if (found !== undefined) matched++
          const expected = slow(routes, m, segments.slice(0, count))
          if (found !== expected) throw new Error(`${m} /${words.join('/')}: ${String(found)}, not ${String(expected)}`)
        }
      },
    ),
    { numRuns: 6_000 },
  )
  t.ok(matched > 1_000, `${String(matched)} matches compared`)
})
