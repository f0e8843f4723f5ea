import t from 'tap'
import { api, tried } from './load.fixture.ts'

/** A deprecation that asks nothing of any policy but what the test is about. */
const deprecation = (rest: string, id = 'd'): string =>
  `      - id: ${id}\n        reason: Because.\n        successor: { version: v9 }\n        guide: { url: 'https://a.example/guide' }\n${rest}`
const one = (rest: string): string => `    deprecations:\n${deprecation(rest)}`
const operation = "        thing: { operation: 'GET /v1/a' }\n"

for (const [clause, policy] of [
  ['SC-1', 'scale'],
  ['LY-1', 'layers'],
] as const) {
  t.test(`${clause}: the version stands in the path, and the preset refuses every other place`, async t => {
    t.same((await tried(t, api(policy, '    version: { in: path }\n'))).said, [])
    for (const selector of [
      '{ in: header, name: x-version }',
      '{ in: query, name: v }',
      '{ in: media-type }',
      '{ in: host }',
    ]) {
      t.same(
        (await tried(t, api(policy, `    version: ${selector}\n`))).said,
        [`lastcall.yaml:6 LC_SELECTOR ${clause}`],
        selector,
      )
    }
  })
}

t.test('a version in a header or a query needs its name, and one in the path has none', async t => {
  const own = { 'own.yaml': 'extends: scale\nselectors: [path, header, query]\n' }
  t.same((await tried(t, api('./own.yaml', '    version: { in: header }\n'), own)).said, [
    'lastcall.yaml:6 LC_VERSION_NAME',
  ])
  t.same((await tried(t, api('./own.yaml', '    version: { in: path, name: x }\n'), own)).said, [
    'lastcall.yaml:6 LC_VERSION_NAME',
  ])
  const { catalogue } = await tried(t, api('./own.yaml', '    version: { in: header, name: X-Version }\n'), own)
  t.same(catalogue?.apis.get('a')?.version, { in: 'header', name: 'x-version' })
})

t.test('LY-2: a deprecation without its thing, its reason or its sunset date is an error', async t => {
  const { said } = await tried(
    t,
    api(
      'layers',
      "    deprecations:\n      - { id: a, announced: 2026-01-01, sunset: 2026-12-01, reason: R, successor: { version: v2 }, guide: { url: 'https://a.example' } }\n      - { id: b, thing: { version: v1 }, announced: 2026-01-01, sunset: 2026-12-01, successor: { version: v2 }, guide: { url: 'https://a.example' } }\n      - { id: c, thing: { field: f }, announced: 2026-01-01, reason: R, successor: { version: v2 }, guide: { url: 'https://a.example' } }\n",
    ),
  )
  t.same(said, [
    'lastcall.yaml:7 LC_KEY_MISSING',
    'lastcall.yaml:8 LC_REASON_MISSING LY-2',
    'lastcall.yaml:9 LC_SUNSET_MISSING LY-2',
  ])
})

t.test('LY-3, LY-4: a deprecation without a successor or a guide is an error', async t => {
  const { said } = await tried(
    t,
    api(
      'layers',
      '    deprecations:\n      - { id: a, thing: { version: v1 }, announced: 2026-01-01, sunset: 2026-12-01, reason: R }\n',
    ),
  )
  t.same(said, ['lastcall.yaml:7 LC_SUCCESSOR_MISSING LY-3', 'lastcall.yaml:7 LC_GUIDE_MISSING LY-4'])
  t.same(
    (
      await tried(
        t,
        api(
          'layers',
          `    deprecations:\n      - { id: a, thing: { version: v1 }, announced: 2026-01-01, sunset: 2026-12-01, reason: R, successor: { version: v2 }, guide: {} }\n`,
        ),
      )
    ).said,
    ['lastcall.yaml:7 LC_GUIDE_MISSING LY-4'],
  )
})

t.test('LY-4: a guide maps old to new, line by line', async t => {
  const { catalogue } = await tried(
    t,
    api(
      'layers',
      '    deprecations:\n      - { id: a, thing: { version: v1 }, announced: 2026-01-01, sunset: 2026-12-01, reason: R, successor: { version: v2 }, guide: { from-to: [{ from: prompt, to: input.prompt, note: Nested. }] } }\n',
    ),
  )
  t.same(catalogue?.deprecations.get('a')?.guide, {
    url: '',
    fromTo: [{ from: 'prompt', to: 'input.prompt', note: 'Nested.' }],
  })
})

t.test('LY-5: 90 days between announcement and sunset are enough, 89 are an error', async t => {
  t.same(
    (await tried(t, api('layers', one(`${operation}        announced: 2026-01-01\n        sunset: 2026-04-01\n`))))
      .said,
    [],
  )
  const { said, findings } = await tried(
    t,
    api('layers', one(`${operation}        announced: 2026-01-01\n        sunset: 2026-03-31\n`)),
  )
  t.same(said, ['lastcall.yaml:13 LC_NOTICE_SHORT LY-5'])
  t.match(findings[0], {
    message: '89 days of notice; the policy "layers" promises 90 days',
    todo: 'Sunset on 2026-04-01 or later.',
  })
})

t.test('LY-9: an error code and a field are retired by the same path', async t => {
  const { catalogue, said } = await tried(
    t,
    api(
      'layers',
      `    deprecations:\n${deprecation('        thing: { error-code: APPROVAL_REQUIRED }\n        announced: 2026-01-01\n        sunset: 2026-12-01\n')}${deprecation('        thing: { field: content.title }\n        announced: 2026-01-01\n        sunset: 2026-01-02\n', 'e')}`,
    ),
  )
  t.same(said, ['lastcall.yaml:20 LC_NOTICE_SHORT LY-5'])
  t.equal(catalogue, undefined)
})

t.test('SC-5: a deprecation without a sunset date is good', async t => {
  const { catalogue, said } = await tried(
    t,
    api('scale', '    deprecations:\n      - { id: d, thing: { version: v1 }, announced: 2026-01-01 }\n'),
  )
  t.same(said, [])
  t.equal(catalogue?.deprecations.get('d')?.sunset, undefined)
})

t.test('SN-1: v2.2 is a version of its own, not v2', async t => {
  const { catalogue } = await tried(
    t,
    api(
      'scanii',
      '    deprecations:\n      - { id: d, thing: { version: v2.2 }, announced: 2026-01-01 }\n      - { id: e, thing: { version: v2 }, announced: 2026-01-01 }\n',
    ),
  )
  t.same(
    [...(catalogue?.deprecations.values() ?? [])].map(({ thing }) => thing),
    [
      { kind: 'version', version: 'v2.2' },
      { kind: 'version', version: 'v2' },
    ],
  )
})

t.test('SN-5: a sunset date is an error while no retirement is declared: it would count down', async t => {
  t.same(
    (await tried(t, api('scanii', one('        thing: { version: v2.2 }\n        announced: 2026-01-01\n')))).said,
    [],
  )
  const { said } = await tried(
    t,
    api('scanii', one('        thing: { version: v2.2 }\n        announced: 2026-01-01\n        sunset: 2030-01-01\n')),
  )
  t.same(said, ['lastcall.yaml:13 LC_SUNSET_UNCOMMITTED SN-5'])
})

t.test('SN-6: a declared retirement has 12 calendar months of notice, counted from its declaration', async t => {
  const retired = (sunset: string): string =>
    one(
      `        thing: { version: v2.2 }\n        announced: 2022-01-01\n        retirement: { announced: 2027-02-28 }\n        sunset: ${sunset}\n`,
    )
  const good = await tried(t, api('scanii', retired('2028-02-28')))
  t.same(good.said, [])
  t.equal(good.catalogue?.deprecations.get('d')?.retirement, '2027-02-28')
  t.same((await tried(t, api('scanii', retired('2028-02-27')))).said, ['lastcall.yaml:14 LC_NOTICE_SHORT SN-6'])
  t.same(
    (
      await tried(
        t,
        api(
          'scanii',
          one(
            '        thing: { version: v2.2 }\n        announced: 2022-01-01\n        retirement: { announced: 2027-02-28 }\n',
          ),
        ),
      )
    ).said,
    ['lastcall.yaml:13 LC_SUNSET_MISSING SN-6'],
  )
})

t.test('SN-6: a deprecation needs the support contact that every mail names', async t => {
  const { said } = await tried(
    t,
    'apis:\n  - id: a\n    policy: scanii\n    hosts: [a.example]\n    deprecations: [{ id: d, thing: { version: v2 }, announced: 2026-01-01 }]\n',
  )
  t.same(said, ['lastcall.yaml:5 LC_SUPPORT_MISSING SN-6'])
})

t.test('a sunset on or before its announcement is an error under every policy', async t => {
  for (const sunset of ['2026-01-01', '2025-12-31', '2026-01-01T10:00:00Z']) {
    t.same(
      (
        await tried(
          t,
          api(
            'scale',
            `    deprecations:\n      - id: d\n        thing: { version: v1 }\n        announced: 2026-01-01\n        sunset: ${sunset}\n`,
          ),
        )
      ).said,
      ['lastcall.yaml:10 LC_SUNSET_FIRST'],
      sunset,
    )
  }
})

const changes = (...entries: string[]): string =>
  `    versions: [{ id: v1, released: 2024-01-01 }, { id: v2, released: 2026-01-01 }]\n    changes:\n${entries.map(entry => `      - { ${entry}, text: T }\n`).join('')}`

const ADDITIVE = {
  'SC-2': [
    'scale',
    'optional-parameter-added',
    'request-header-added',
    'parameter-made-optional',
    'invalid-input-rejected',
    'response-field-added',
    'enum-value-added',
    'undocumented-behaviour-changed',
  ],
  'LY-12': [
    'layers',
    'optional-field-added',
    'response-field-added',
    'endpoint-added',
    'error-code-added',
    'error-detail-added',
    'validation-relaxed',
  ],
  'SN-2': [
    'scanii',
    'endpoint-added',
    'optional-parameter-added',
    'response-field-added',
    'response-header-added',
    'enum-value-added',
    'request-format-added',
    'performance-improved',
  ],
} as const
for (const [clause, [policy, ...kinds]] of Object.entries(ADDITIVE)) {
  t.test(`${clause}: ${kinds.length} kinds of change are additive, inside a living version too`, async t => {
    const { said, catalogue } = await tried(
      t,
      api(policy, changes(...kinds.map(kind => `date: 2026-06-01, version: v1, kind: ${kind}, class: additive`))),
    )
    t.same(said, [])
    t.same(
      catalogue?.apis.get('a')?.changes.map(change => change.class),
      kinds.map(() => 'additive'),
    )
    t.same(catalogue?.deprecations.size, 0)
  })
}

const BREAKING = {
  'SC-3': [
    'scale',
    'parameter-behaviour-changed',
    'request-element-renamed',
    'required-parameter-added',
    'enum-meaning-changed',
    'response-field-changed',
    'route-meaning-changed',
  ],
  'SN-3': [
    'scanii',
    'element-removed',
    'element-renamed',
    'type-changed',
    'semantics-changed',
    'required-parameter-added',
    'default-changed',
  ],
} as const
for (const [clause, [policy, ...kinds]] of Object.entries(BREAKING)) {
  t.test(`${clause}: breaking kinds of change are errors inside a living version, and good with a new one`, async t => {
    const entry = (kind: string, date: string): string => `date: ${date}, version: v2, kind: ${kind}, class: breaking`
    const living = await tried(t, api(policy, changes(...kinds.map(kind => entry(kind, '2026-01-02')))))
    t.same(
      living.said,
      kinds.map((_, at) => `lastcall.yaml:${8 + at} LC_CHANGE_BREAKING ${clause}`),
    )
    t.same((await tried(t, api(policy, changes(...kinds.map(kind => entry(kind, '2026-01-01')))))).said, [])
  })
}

t.test('SC-3: a breaking change in a version whose release is not declared is an error', async t => {
  const { said } = await tried(
    t,
    api('scale', '    changes: [{ date: 2026-01-01, version: v1, kind: response-field-changed, text: T }]\n'),
  )
  t.same(said, ['lastcall.yaml:6 LC_CHANGE_BREAKING SC-3'])
})

t.test('SN-3: a minor version lives in its major: breaking it needs a new major', async t => {
  const versions =
    '    versions: [{ id: v2.2, released: 2022-01-01 }, { id: v2.3, released: 2026-01-01 }, { id: v3, released: 2026-01-01 }]\n'
  const change = (version: string): string =>
    `${versions}    changes: [{ date: 2026-01-01, version: ${version}, kind: type-changed, class: breaking, text: T }]\n`
  t.same((await tried(t, api('scanii', change('v2.3')))).said, ['lastcall.yaml:7 LC_CHANGE_BREAKING SN-3'])
  t.same((await tried(t, api('scanii', change('v3')))).said, [])
})

t.test('SN-7: every entry of the changelog carries its class', async t => {
  const { said, findings } = await tried(
    t,
    api('scanii', changes('date: 2026-06-01, version: v1, kind: endpoint-added')),
  )
  t.same(said, ['lastcall.yaml:8 LC_CHANGE_CLASS SN-7'])
  t.match(findings[0]?.todo, 'Add class: additive.')
})

t.test('a class that contradicts the kind, or a kind nobody knows, is an error', async t => {
  t.same(
    (
      await tried(
        t,
        api('scale', changes('date: 2026-06-01, version: v1, kind: response-field-added, class: breaking')),
      )
    ).said,
    ['lastcall.yaml:8 LC_CHANGE_CLASS SC-2'],
  )
  const unknown = await tried(t, api('scale', changes('date: 2026-06-01, version: v1, kind: response-feild-added')))
  t.match(unknown.findings[0]?.message, 'Did you mean "response-field-added"?')
  t.same(
    (await tried(t, api('scale', changes('date: 2026-06-01, version: v1, kind: docs-moved, class: additive')))).said,
    [],
  )
})

t.test('under a policy where all that is not additive breaks, an unknown kind breaks', async t => {
  t.same((await tried(t, api('layers', changes('date: 2026-06-01, version: v1, kind: colour-changed')))).said, [
    'lastcall.yaml:8 LC_CHANGE_BREAKING',
  ])
})

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
