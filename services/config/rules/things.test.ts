import t from 'tap'
import { api, tried } from '../load.fixture.ts'

t.test('an id taken twice is an error that names the first', async t => {
  const { said, findings } = await tried(
    t,
    'sources: [{ id: s }, { id: s }]\napis:\n  - { id: a, policy: scale, hosts: [a.example] }\n  - { id: a, policy: scale, hosts: [b.example] }\ndeprecations:\n  - { id: d, api: a, thing: { version: v1 }, announced: 2026-01-01 }\n  - { id: d, api: a, thing: { version: v2 }, announced: 2026-01-01 }\n',
  )
  t.same(said, ['lastcall.yaml:1 LC_ID_TWICE', 'lastcall.yaml:4 LC_ID_TWICE', 'lastcall.yaml:7 LC_ID_TWICE'])
  t.match(findings[2]?.message, /taken by .*lastcall\.yaml:6/)
})

t.test('a host of two APIs is an error, however it is written; a wildcard beside it is not', async t => {
  const { said } = await tried(
    t,
    "apis:\n  - { id: a, policy: scale, hosts: [A.example, '*.a.example', b.a.example] }\n  - { id: b, policy: scale, hosts: [a.example.] }\n",
  )
  t.same(said, ['lastcall.yaml:3 LC_HOST_TWICE'])
})

t.test('a host with a scheme, a port or a path is an error', async t => {
  for (const host of ['https://a.example', 'a.example:8443', 'a.example/v1', 'a b', '*a.example', '**']) {
    t.same(
      (await tried(t, `apis: [{ id: a, policy: scale, hosts: ['${host}'] }]\n`)).said,
      ['lastcall.yaml:1 LC_HOST'],
      host,
    )
  }
  const { catalogue } = await tried(t, "apis: [{ id: a, policy: scale, hosts: ['*', '[::1]', Bücher.example] }]\n")
  t.same(catalogue?.apis.get('a')?.hosts, ['*', '[::1]', 'xn--bcher-kva.example'])
})

t.test('two deprecations of one thing are an error, even when a parameter has another name', async t => {
  const { said } = await tried(
    t,
    api(
      'scale',
      "    deprecations:\n      - { id: d, thing: { operation: 'GET /v1/a/{id}' }, announced: 2026-01-01 }\n      - { id: e, thing: { operation: 'get /v1/a/{name}' }, announced: 2026-01-01 }\n      - { id: f, thing: { operation: 'PUT /v1/a/{id}' }, announced: 2026-01-01 }\n",
    ),
  )
  t.same(said, ['lastcall.yaml:8 LC_THING_TWICE'])
})

t.test('a thing that names nothing, two things, or its own successor is an error', async t => {
  const { said } = await tried(
    t,
    api(
      'scale',
      '    deprecations:\n      - { id: d, thing: {}, announced: 2026-01-01 }\n      - { id: e, thing: { version: v1, field: f }, announced: 2026-01-01 }\n      - { id: f, thing: { version: v1 }, successor: { version: v1 }, announced: 2026-01-01 }\n',
    ),
  )
  t.same(said, ['lastcall.yaml:7 LC_THING', 'lastcall.yaml:8 LC_THING', 'lastcall.yaml:9 LC_SUCCESSOR_SELF'])
})

t.test('a template that shadows another, or stands there twice, is an error', async t => {
  const { said, findings } = await tried(
    t,
    api(
      'scale',
      '    operations:\n      - GET /v1/a/{id}\n      - GET /v1/a/{name}\n      - POST /v1/a/{name}\n      - GET /v1/a/new\n      - GET /v1/a/new\n      - GET /v1/{rest+}\n',
    ),
  )
  t.same(said, ['lastcall.yaml:8 LC_TEMPLATE_TWICE', 'lastcall.yaml:11 LC_TEMPLATE_TWICE'])
  t.match(findings[0]?.message, 'GET /v1/a/{name} matches the same paths as /v1/a/{id}')
})

t.test('an operation that cannot be one is an error that says why', async t => {
  const wrong = [
    '/v1/a',
    'FETCH /v1/a',
    'GET v1/a',
    'GET https://a.example/v1',
    'GET /v1/a?b=1',
    'GET /v1/{a',
    'GET /v1/a}',
    'GET /v1/{a}{b}',
    'GET /v1/{rest+}/b',
    'GET /v1/../b',
    'GET /v1/a b',
    `GET /${'a/'.repeat(70)}`,
  ]
  const { said } = await tried(t, api('scale', `    operations:\n${wrong.map(text => `      - '${text}'\n`).join('')}`))
  t.same(
    said,
    wrong.map((_, at) => `lastcall.yaml:${7 + at} LC_OPERATION`),
  )
  t.same(
    (
      await tried(
        t,
        api(
          'scale',
          "    operations: ['GET /v1/{id}:activate', 'GET /v1/{a}...{b}', 'GET /', 'QUERY /v1/a%20b', 'GET /v1/{p:[a-z/?]+}/x', 'DELETE /v1/{rest+}']\n",
        ),
      )
    ).said,
    [],
  )
})

t.test(
  'a deprecated operation or successor that is not among the listed ones is a warning with the near one',
  async t => {
    const { said, findings, catalogue } = await tried(
      t,
      api(
        'scale',
        "    operations: ['GET /v1/items/{id}', 'GET /v2/items/{id}']\n    deprecations:\n      - { id: d, thing: { operation: 'GET /v1/item/{id}' }, successor: { operation: 'GET /v2/items/{x}' }, announced: 2026-01-01 }\n",
      ),
    )
    t.same(said, ['lastcall.yaml:8 LC_OPERATION_UNKNOWN warning'])
    t.match(findings[0]?.message, 'Did you mean "GET /v1/items/{}"?')
    t.ok(catalogue)
  },
)

t.test('a consumer of a realm no source has is a warning', async t => {
  const { said } = await tried(
    t,
    "sources: [{ id: s, realm: kong }]\ncustomers:\n  - { id: c, consumers: ['kong:consumer:a', 'auto:user:b', 'kng:consumer:c'] }\n",
  )
  t.same(said, ['lastcall.yaml:3 LC_CONSUMER_REALM warning'])
})

t.test('a mistyped key hides no other fault', async t => {
  const { said } = await tried(
    t,
    api(
      'layers',
      '    zonee: UTC\n    deprecations: [{ id: d, thing: { version: v1 }, anounced: 2026-01-01, announced: 2026-01-01, reason: R, successor: { version: v2 } }]\n',
    ),
  )
  t.same(said, [
    'lastcall.yaml:6 LC_KEY_UNKNOWN',
    'lastcall.yaml:7 LC_KEY_UNKNOWN',
    'lastcall.yaml:7 LC_SUNSET_MISSING LY-2',
    'lastcall.yaml:7 LC_GUIDE_MISSING LY-4',
  ])
})

t.test('a deprecation is renamed from an id that is gone, and only one is', async t => {
  const entry = (id: string, version: string, from: string): string =>
    `      - { id: ${id}, thing: { version: ${version} }, announced: 2026-01-01${from} }\n`
  const { said } = await tried(
    t,
    api(
      'scale',
      `    deprecations:\n${entry('d', 'v1', '')}${entry('e', 'v2', ', renamed-from: d')}${entry('f', 'v3', ', renamed-from: old')}${entry('g', 'v4', ', renamed-from: old')}`,
    ),
  )
  t.same(said, ['lastcall.yaml:8 LC_RENAMED_FROM', 'lastcall.yaml:10 LC_RENAMED_FROM'])
})
