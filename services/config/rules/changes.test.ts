import t from 'tap'
import { api, tried } from '../load.fixture.ts'

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
