import t from 'tap'
import { operationThing, type SmallApi, worldOf } from '../../test/small-world.ts'
import type { Thing } from './catalogue.ts'
import { routesOf } from './routes.ts'
import { namesOf } from './things.ts'

function names(api: SmallApi, thing: Thing, stored: readonly string[]): { exact: string[]; possibly: string[] } {
  const found = namesOf(
    thing,
    routesOf(worldOf([api]), 'partner'),
    stored.map(text => {
      const [version = '', ...operation] = text.split('|')
      return { version, operation: operation.join('|') }
    }),
  )
  const text = (list: typeof found.exact): string[] => list.map(name => `${name.version}|${name.operation}`)
  return { exact: text(found.exact), possibly: text(found.possibly) }
}

t.test('an operation deprecated today finds the calls inferred before', async t => {
  const thing = operationThing('GET /v1/users/{id}')
  const api = { operations: ['GET /v1/users/me'], deprecated: ['GET /v1/users/{id}'] }
  t.same(
    names(api, thing, [
      'v1|GET /v1/users/{}',
      'v1|GET /v1/users/ann',
      'v1|GET /v1/users/me',
      'v1|GET /v1/users/{}.json',
      'v1|POST /v1/users/{}',
      'v1|GET /v1/users/{}/x',
      'v1|HEAD /v1/users/{}',
    ]),
    { exact: ['v1|GET /v1/users/{}', 'v1|GET /v1/users/ann', 'v1|GET /v1/users/{}.json'], possibly: [] },
  )
})

t.test('what cannot be told apart is possible, never exact', async t => {
  const api = { operations: ['GET /r/42', 'GET /r/{a}-{b}'], deprecated: ['GET /r/{id}'] }
  t.same(
    names(api, operationThing('GET /r/{id}'), [
      '|GET /r/{}:activate',
      '|GET /r/__other__',
      '|GET /__other__',
      '|GET /q/__other__',
    ]),
    {
      exact: [],
      possibly: ['|GET /r/{}:activate', '|GET /r/__other__', '|GET /__other__'],
    },
  )
  t.same(
    names({ operations: ['GET /r/42'], deprecated: ['GET /r/{id}/x'] }, operationThing('GET /r/{id}/x'), [
      '|GET /r/{}/x',
    ]).exact,
    ['|GET /r/{}/x'],
  )
  t.same(
    names({ deprecated: ['POST /tokens/refresh'] }, operationThing('POST /tokens/refresh'), ['|POST /tokens/{}']),
    { exact: [], possibly: ['|POST /tokens/{}'] },
  )
})

t.test('an operation keeps its own name, and a name that is a route keeps its calls', async t => {
  const api = { operations: ['GET /r/{id}', 'GET /r/{+}'], deprecated: ['GET /r/me'] }
  t.same(names(api, operationThing('GET /r/me'), ['v1|GET /r/me', 'v2|GET /r/me', '|GET /r/{}']), {
    exact: ['v1|GET /r/me', 'v2|GET /r/me'],
    possibly: [],
  })
})

t.test('an operation merged into another brings its calls', async t => {
  const api = { deprecated: ['GET /r/{id}'] }
  t.same(names(api, operationThing('GET /r/{id}'), ['|GET /r/me', '|GET /r/{}']).exact, ['|GET /r/me', '|GET /r/{}'])
})

t.test('a version is its whole name in a path, and a number elsewhere', async t => {
  const stored = ['v2|GET /v2/x', 'v2.2|GET /v2.2/x', '2|GET /x', '|GET /x', 'V2|GET /x']
  t.same(names({}, { kind: 'version', version: 'v2' }, stored), { exact: ['v2|GET /v2/x'], possibly: [] })
  t.same(names({ version: { in: 'header', name: 'x-v' } }, { kind: 'version', version: 'v2' }, stored).exact, [
    'v2|GET /v2/x',
    '2|GET /x',
    'V2|GET /x',
  ])
})

t.test('HEAD and OPTIONS are use of a version only where the catalogue names them', async t => {
  const api = { operations: ['HEAD /v1/files/{id}'] }
  t.same(
    names(api, { kind: 'version', version: 'v1' }, [
      'v1|HEAD /v1/files/{}',
      'v1|HEAD /v1/files/ann',
      'v1|HEAD /v1/orders',
      'v1|OPTIONS /v1/files/{}',
      'v1|GET /v1/any',
    ]),
    {
      exact: ['v1|HEAD /v1/files/{}', 'v1|HEAD /v1/files/ann', 'v1|GET /v1/any'],
      possibly: [],
    },
  )
})

t.test('a field and an error code leave no trace in a log', async t => {
  t.same(names({}, { kind: 'field', name: 'x' }, ['v1|GET /x']), { exact: [], possibly: [] })
  t.same(names({}, { kind: 'error-code', name: 'x' }, ['v1|GET /x']), { exact: [], possibly: [] })
})

t.test('renaming a parameter changes no digest of the routes, another route does', async t => {
  const rev = (...operations: string[]): number => routesOf(worldOf([{ operations }]), 'partner').mapRev
  t.equal(rev('GET /a/{id}', 'GET /b'), rev('GET /b', 'GET /a/{other}'))
  t.not(rev('GET /a/{id}'), rev('GET /a/{id}', 'GET /b'))
})
