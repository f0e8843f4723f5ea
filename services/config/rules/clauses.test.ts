import t from 'tap'
import { api, tried } from '../load.fixture.ts'

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
