import t from 'tap'
import { api, tried } from '../load.fixture.ts'

const openapi = (t: Parameters<typeof tried>[0], document: string, operations = './o.yaml') =>
  tried(t, api('scale', `    operations: ${operations}\n`), { 'o.yaml': document })
const keys = (loaded: Awaited<ReturnType<typeof tried>>): string[] =>
  (loaded.catalogue?.apis.get('a')?.operations ?? []).map(({ key }) => key)

t.test('operations are read from an OpenAPI file with the paths of its servers, its flags and its lines', async t => {
  const loaded = await openapi(
    t,
    `openapi: 3.1.0
servers: [{ url: 'https://a.example/v1/' }, { url: 'https://b.example/v1' }, { url: '{scheme}://c.example/{base}', variables: { base: { default: v2 } } }]
paths:
  /items/{itemId}:
    parameters: []
    summary: One item.
    get: { deprecated: true }
    x-own: {}
    head:
      responses: {}
  /health:
    servers: [{ url: / }]
    get: {}
  x-more: {}
`,
  )
  t.same(keys(loaded), [
    'GET /v1/items/{}',
    'GET /v2/items/{}',
    'HEAD /v1/items/{}',
    'HEAD /v2/items/{}',
    'GET /health',
  ])
  const [first] = loaded.catalogue?.apis.get('a')?.operations ?? []
  t.match(first, { method: 'GET', template: '/v1/items/{itemId}', deprecatedInOpenApi: true, place: { line: 7 } })
  t.same(loaded.said, ['o.yaml:7 LC_OPENAPI_DEPRECATED warning', 'o.yaml:7 LC_OPENAPI_DEPRECATED warning'])
})

t.test('a base given in the catalogue stands in place of the servers', async t => {
  t.same(
    keys(
      await openapi(
        t,
        'openapi: 3.0.3\nservers: [{ url: /x }]\npaths: { /a: { get: {}, servers: [{ url: /y }] } }\n',
        '{ openapi: ./o.yaml, base: /v7/ }',
      ),
    ),
    ['GET /v7/a'],
  )
  t.same(keys(await openapi(t, 'openapi: 3.0.3\npaths: { /a: { get: {} } }\n')), ['GET /a'])
})

t.test('a Swagger 2.0 file in JSON is read too', async t => {
  const loaded = await tried(t, api('scale', '    operations: ./o.json\n'), {
    'o.json': '{ "swagger": "2.0", "basePath": "/v1",\n "paths": {\n  "/a/{id}": {\n   "post": {} } } }',
  })
  t.same(keys(loaded), ['POST /v1/a/{}'])
  t.equal(loaded.catalogue?.apis.get('a')?.operations[0]?.place.line, 4)
})

t.test('what is no OpenAPI document, has a path elsewhere or an impossible path is a finding', async t => {
  t.same((await openapi(t, 'hello: 1\n')).said, ['o.yaml:1 LC_OPENAPI'])
  t.same((await openapi(t, 'openapi: 3.1.0\npaths:\n  /a: { $ref: ./a.yaml }\n  /b{: { get: {} }\n')).said, [
    'o.yaml:3 LC_OPENAPI_REF warning',
    'o.yaml:4 LC_OPERATION',
  ])
  t.same((await openapi(t, 'openapi: 3.1.0\npaths:\n  /a/{x}: { get: {} }\n  /a/{y}: { get: {} }\n')).said, [
    'o.yaml:4 LC_TEMPLATE_TWICE',
  ])
  t.same((await tried(t, api('scale', '    operations: ./gone.yaml\n'))).said, ['lastcall.yaml:6 LC_FILE_UNREADABLE'])
  t.same((await tried(t, api('scale', '    operations: { openpi: x }\n'))).said, ['lastcall.yaml:6 LC_VALUE'])
})

t.test('an API of more than 20,000 operations is refused', async t => {
  const paths = Object.fromEntries(Array.from({ length: 20_001 }, (_, at) => [`/o${at}`, { get: {} }]))
  const { said } = await tried(t, api('scale', '    operations: o.json\n'), {
    'o.json': JSON.stringify({ openapi: '3.1.0', paths }),
  })
  t.same(said, ['lastcall.yaml:6 LC_OPERATIONS_MANY'])
})

t.test('a sunset date is the first moment of that day in the API’s zone, an instant stands for itself', async t => {
  const sunset = async (zone: string, text: string) => {
    const { catalogue } = await tried(
      t,
      api(
        'scale',
        `    zone: ${zone}\n    deprecations: [{ id: d, thing: { version: v1 }, announced: 2026-01-01, sunset: ${text} }]\n`,
      ),
    )
    return catalogue?.deprecations.get('d')?.sunset
  }
  t.same(await sunset('Europe/Berlin', '2026-12-20'), { date: '2026-12-20', instant: '2026-12-19T23:00:00Z' })
  t.same(await sunset('Europe/Berlin', '2026-06-20'), { date: '2026-06-20', instant: '2026-06-19T22:00:00Z' })
  t.same(await sunset('Pacific/Auckland', '2026-12-20T00:30:00Z'), {
    date: '2026-12-20',
    instant: '2026-12-20T00:30:00Z',
  })
  t.same(await sunset('America/New_York', '2026-12-20T01:00:00+00:00'), {
    date: '2026-12-19',
    instant: '2026-12-20T01:00:00Z',
  })
  // Beirut's clocks go from 24:00 to 01:00 on that night: the day has no midnight.
  t.same(await sunset('Asia/Beirut', '2026-03-29'), { date: '2026-03-29', instant: '2026-03-28T22:00:00Z' })
})

t.test('a date nobody can mean is an error', async t => {
  for (const date of [
    '2026-02-30',
    '2026-13-01',
    '26-01-01',
    '2026-1-1',
    '1.2.2026',
    '0001-01-01',
    '9999-12-31',
    'tomorrow',
    '2026-12-20T00:00:00',
    '2026-12-20 00:00:00Z',
    '2026-12-20T25:00:00Z',
    '2026-W10-1',
  ]) {
    const { said } = await tried(
      t,
      api(
        'scale',
        `    deprecations:\n      - { id: d, thing: { version: v1 }, announced: 2026-01-01, sunset: '${date}' }\n`,
      ),
    )
    t.same(said, ['lastcall.yaml:7 LC_DATE'], date)
  }
})

t.test('a zone must be one that knows about summer', async t => {
  for (const zone of ['+02:00', 'Berlin', 'UTC+2', ''])
    t.same((await tried(t, api('scale', `    zone: '${zone}'\n`))).said.length, 1, zone)
})

t.test('a source is read with all it can say', async t => {
  const { said, catalogue } = await tried(
    t,
    `sources:
  - id: odd
    format: json
    realm: edge
    key: { header: X-Api-Key }
    trusted-headers: [X-User]
    host: API.example
    zone: Europe/Berlin
    file: { path: logs/access.log }
    keep-query: [page]
    authoritative: ['*.example']
    tokens: [${'0a'.repeat(32)}]
    test: { agents: [Monitor], networks: [192.0.2.0/24, '2001:db8::/32', 192.0.2.1], consumers: ['edge:user:probe'] }
    map:
      time: { path: [ts, time], unit: s, zone: UTC, kind: end }
      method: req.method
      target: req.uri
      status: status
      duration: { path: took, unit: ms }
      client-ip: [a.0, b]
      version-header: v
      headers: { path: req.headers }
      nothing: ['null']
`,
  )
  t.same(said, [])
  const source = catalogue?.sources.get('odd')
  t.match(source, {
    realm: 'edge',
    key: { header: 'x-api-key' },
    trustedHeaders: ['x-user'],
    host: 'api.example',
    keepQuery: ['page'],
    authoritative: ['*.example'],
  })
  t.match(source?.file?.path, /services-config.*\/logs\/access\.log$/)
  t.same(source?.map, {
    time: { path: ['ts', 'time'], unit: 's', kind: 'end', zone: 'UTC' },
    method: ['req.method'],
    target: ['req.uri'],
    status: ['status'],
    duration: { path: ['took'], unit: 'ms' },
    headers: { path: 'req.headers', prefix: '' },
    nothing: ['null'],
    clientIp: ['a.0', 'b'],
    versionHeader: ['v'],
  })
})

t.test('a source with a bad network, two keys, an unknown format or a plain token is an error', async t => {
  const { said, findings } = await tried(
    t,
    'sources:\n  - id: a\n    format: ngix\n  - id: b\n    key: { header: k, query: k }\n  - id: c\n    test: { networks: [192.0.2.0/33, example, 192.0.2.0/24/1] }\n  - id: d\n    tokens: [not-a-real-token]\n',
    {},
    { formats: { names: new Set(['nginx', 'kong']), open: () => undefined } },
  )
  t.same(said, [
    'lastcall.yaml:3 LC_FORMAT',
    'lastcall.yaml:5 LC_SOURCE_KEY',
    'lastcall.yaml:7 LC_NETWORK',
    'lastcall.yaml:7 LC_NETWORK',
    'lastcall.yaml:7 LC_NETWORK',
    'lastcall.yaml:9 LC_VALUE',
  ])
  t.match(findings[0]?.message, 'Did you mean "nginx"?')
})
