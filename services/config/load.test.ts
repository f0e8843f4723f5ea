import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { tried } from './load.fixture.ts'
import { loadConfig } from './load.ts'

const example = new URL('../../docs/examples/', import.meta.url).pathname

t.test('the example in the docs passes, and says what it declares', async t => {
  const { catalogue, settings, findings, files } = await loadConfig(join(example, 'lastcall.yaml'), { environment: {} })
  t.same(findings, [])
  t.same([...(catalogue?.apis.keys() ?? [])], ['partner', 'labels', 'scan'])
  t.same(
    [...(catalogue?.deprecations.keys() ?? [])],
    ['cancel-task', 'scan-v2.2', 'content-generate', 'approval-required'],
  )
  t.equal(catalogue?.apis.get('partner')?.operations.length, 4)
  t.match(catalogue?.deprecations.get('content-generate')?.sunset, {
    date: '2026-12-20',
    instant: '2026-12-19T23:00:00Z',
  })
  t.equal(catalogue?.customers.byConsumer.get('web-1:user:birch'), 'Birch, Inc.')
  t.equal(settings?.mail.replyTo, 'support@partner.example')
  t.equal(files.length, 9)
})

t.test('the same files have the same revision wherever they lie, and another one when a byte changes', async t => {
  const before = await loadConfig(join(example, 'lastcall.yaml'), { environment: {} })
  const elsewhere = mkdtempSync(join(tmpdir(), 'lastcall-'))
  t.teardown(() => rmSync(elsewhere, { recursive: true }))
  cpSync(example, elsewhere, { recursive: true })
  const after = await loadConfig(join(elsewhere, 'lastcall.yaml'), { environment: {} })
  t.match(before.revision, /^[0-9a-f]{16}$/)
  t.equal(after.revision, before.revision)
  t.equal(after.catalogue?.revision, before.revision)
  const changed = await tried(t, 'listen: { port: 1 }\n')
  const again = await tried(t, 'listen: { port: 2 }\n')
  t.not(changed.revision, again.revision)
})

t.test('an empty file is a whole configuration: settings have defaults, the auto source is there', async t => {
  const { settings, catalogue, said } = await tried(t, '# nothing yet\n')
  t.same(said, [])
  t.match(settings, {
    listen: { host: '127.0.0.1', port: 8080 },
    limits: { encodedBytes: 67_108_864, inFlightBytes: 268_435_456 },
    pepperEnv: 'LASTCALL_PEPPER',
  })
  t.equal(settings?.clickhouse, undefined)
  t.match(catalogue?.sources.get('auto'), { id: 'auto', format: 'auto', realm: 'auto', zone: 'UTC' })
  t.equal(catalogue?.open, false)
})

t.test('the auto source can be declared', async t => {
  const { catalogue } = await tried(t, 'sources: [{ id: auto, host: a.example, realm: edge }]\n')
  t.equal(catalogue?.sources.size, 1)
  t.match(catalogue?.sources.get('auto'), { host: 'a.example', realm: 'edge' })
})

t.test('all faults are told at once, each with its file and line, and nothing is loaded', async t => {
  const { said, catalogue, settings } = await tried(
    t,
    `include: [more.yaml]
listen: { prot: 80 }
sources:
  - id: Edge
  - id: web
    zone: Berlin
apis:
  - id: a
    policy: layrs
    hosts: [https://a.example]
    deprecations:
      - id: d
        thing: { operation: fetch it }
        announced: 15.8.2026
        sunset: 2026-13-01
`,
    { 'more.yaml': 'sources:\n  - id: far\n    formt: kong\nlisten: {}\n' },
  )
  t.same(said, [
    'lastcall.yaml:2 LC_KEY_UNKNOWN',
    'lastcall.yaml:4 LC_VALUE',
    'lastcall.yaml:6 LC_ZONE',
    'lastcall.yaml:9 LC_POLICY_UNKNOWN',
    'lastcall.yaml:10 LC_HOST',
    'lastcall.yaml:13 LC_OPERATION',
    'lastcall.yaml:14 LC_DATE',
    'lastcall.yaml:15 LC_DATE',
    'more.yaml:3 LC_KEY_UNKNOWN',
    'more.yaml:4 LC_KEY_UNKNOWN',
  ])
  t.equal(catalogue, undefined)
  t.equal(settings, undefined)
})

t.test('an unknown key is a finding that names the near one', async t => {
  const { findings } = await tried(t, 'retension: { calls-days: 3 }\nmail: { replyto: a@b.example }\nzzz: 1\n')
  t.match(findings[0]?.message, 'unknown key "retension". Did you mean "retention"?')
  t.match(findings[1]?.message, 'Did you mean "reply-to"?')
  t.match(findings[2]?.message, /^unknown key "zzz"\.$/)
})

t.test('a value that does not fit says what should stand there', async t => {
  const { findings } = await tried(t, 'listen: { port: 99999 }\nsources: { id: a }\nmail: { from: 5 }\nretention:\n')
  t.same(
    findings.map(({ line, message, todo }) => `${line} ${message} ${todo}`),
    [
      '1 port: 99999 does not fit It should be a whole number from 0 to 65535.',
      '2 sources: {"id":"a"} does not fit It should be a list.',
      '3 from: 5 is a number here Put it in quotes: it is a text.',
      '4 retention: nothing is written here It should be a set of keys (calls-days, usage-months, headers-months …); or leave the key out.',
    ],
  )
})

t.test('a key written twice, broken YAML and a missing part are findings with their line', async t => {
  t.same((await tried(t, 'listen: { port: 1 }\nlisten: { port: 2 }\n')).said, ['lastcall.yaml:2 LC_KEY_TWICE'])
  t.same((await tried(t, 'sources:\n  - id: "a\n')).said.length > 0, true)
  t.same((await tried(t, 'apis:\n  - id: a\n    hosts: [a.example]\n')).said, ['lastcall.yaml:2 LC_KEY_MISSING'])
  t.same((await tried(t, '- a\n- b\n')).said, ['lastcall.yaml:1 LC_VALUE'])
})

t.test('YAML that would explode, or nests without end, is refused and costs nothing', async t => {
  const levels = Array.from(
    { length: 30 },
    (_, at) => `l${at + 1}: &l${at + 1} [${Array(10).fill(`*l${at}`).join(', ')}]`,
  )
  const bomb = await tried(t, `l0: &l0 lol\n${levels.join('\n')}\n`)
  t.same(bomb.said, ['lastcall.yaml:1 LC_YAML'])
  t.same((await tried(t, `sources: ${'['.repeat(8_000_000)}\n`)).said, ['lastcall.yaml:1 LC_YAML'])
  t.same((await tried(t, `sources:\n  ${'- '.repeat(4_000_000)}x\n`)).said, ['lastcall.yaml:1 LC_YAML'])
})

t.test('a file that is missing, too large, not UTF-8 or no file is a finding where it is named', async t => {
  const { said } = await tried(
    t,
    'include:\n  - none-*.yaml\n  - big.yaml\n  - folder\n  - latin.yaml\ncustomers:\n  file: gone.csv\n',
    {
      'big.yaml': '#'.repeat(8_388_609),
      folder: { x: '' },
      'latin.yaml': Buffer.from([0x61, 0x3a, 0xe4]),
    },
  )
  t.same(said, [
    'lastcall.yaml:2 LC_FILE_MISSING',
    'lastcall.yaml:3 LC_FILE_UNREADABLE',
    'lastcall.yaml:4 LC_FILE_UNREADABLE',
    'lastcall.yaml:5 LC_FILE_UNREADABLE',
    'lastcall.yaml:6 LC_FILE_UNREADABLE',
  ])
})

t.test('a main file that cannot be read is a fault with exit 2', async t => {
  await t.rejects(loadConfig(join(t.testdir({}), 'lastcall.yaml'), { environment: {} }), {
    code: 'LC_CONFIG_UNREADABLE',
    exit: 2,
  })
})

t.test('keys like __proto__ and constructor are unknown keys, nothing more', async t => {
  const { said } = await tried(t, '__proto__: { listen: { port: 1 } }\nconstructor: 1\n')
  t.same(said, ['lastcall.yaml:1 LC_KEY_UNKNOWN', 'lastcall.yaml:2 LC_KEY_UNKNOWN'])
})

t.test('a secret in the open is refused and never printed', async t => {
  const { findings } = await tried(
    t,
    "clickhouse: { url: 'http://ch.example:8123', password: not-a-real-one }\naccess: { read: [not-a-real-token] }\n",
  )
  t.same(
    findings.map(({ code }) => code),
    ['LC_SECRET_INLINE', 'LC_VALUE'],
  )
  t.notMatch(JSON.stringify(findings), /not-a-real/)
})

t.test('an environment variable that is named and not set is a warning', async t => {
  const text = 'smtp: { host: mx.example, user: u, password-env: SMTP_PASSWORD }\n'
  t.same((await tried(t, text)).said, ['lastcall.yaml:1 LC_ENV_UNSET warning'])
  t.same((await tried(t, text, {}, { environment: { SMTP_PASSWORD: 'not-a-real-one' } })).said, [])
})

t.test('an address others can reach needs both kinds of token', async t => {
  const digest = 'a'.repeat(64)
  t.same((await tried(t, 'listen: { host: 0.0.0.0 }\n')).said, ['lastcall.yaml:1 LC_LISTEN_OPEN'])
  t.same((await tried(t, `listen: { host: '::' }\naccess: { ingest: [${digest}] }\n`)).said, [
    'lastcall.yaml:1 LC_LISTEN_OPEN',
  ])
  t.same((await tried(t, `listen: { host: 0.0.0.0 }\naccess: { ingest: [${digest}], read: [${digest}] }\n`)).said, [])
})

t.test('a sender with a line break or half a login is refused', async t => {
  const { said } = await tried(
    t,
    'mail:\n  from: "A <a@b.example>\\r\\nBcc: c@d.example"\n  reply-to: "a b@c.example"\nsmtp: { host: mx.example, user: u }\n',
  )
  t.same(said, ['lastcall.yaml:2 LC_VALUE'])
  const settled = await tried(t, 'mail:\n  reply-to: "a b@c.example"\nsmtp: { host: mx.example, user: u }\n')
  t.same(settled.said, ['lastcall.yaml:2 LC_MAIL_ADDRESS', 'lastcall.yaml:3 LC_SMTP_LOGIN'])
})

t.test('sections may stand in several files', async t => {
  const { catalogue, said } = await tried(t, 'include: [parts/*.yaml]\nsources: [{ id: one }]\n', {
    parts: {
      'a.yaml': 'apis: [{ id: a, policy: scale, hosts: [a.example] }]\nsources: [{ id: two }]\n',
      'b.yaml':
        'deprecations:\n  - { id: d, api: a, thing: { version: v1 }, announced: 2026-01-01 }\nchanges:\n  - { api: a, date: 2026-01-01, version: v1, kind: response-field-added, text: More. }\n',
    },
  })
  t.same(said, [])
  t.same([...(catalogue?.sources.keys() ?? [])], ['auto', 'one', 'two'])
  t.equal(catalogue?.deprecations.get('d')?.api, 'a')
  t.same(
    catalogue?.apis.get('a')?.changes.map(change => change.class),
    ['additive'],
  )
})

t.test('a deprecation or change of an unknown API is a finding', async t => {
  const { said } = await tried(
    t,
    'apis: [{ id: payments, policy: scale, hosts: [a.example] }]\ndeprecations:\n  - { id: d, api: payment, thing: { version: v1 }, announced: 2026-01-01 }\n  - { id: e, thing: { version: v1 }, announced: 2026-01-01 }\nchanges:\n  - { api: x, date: 2026-01-01, version: v1, kind: response-field-added, text: More. }\n',
  )
  t.same(said, ['lastcall.yaml:3 LC_API_UNKNOWN', 'lastcall.yaml:4 LC_API_UNKNOWN', 'lastcall.yaml:6 LC_API_UNKNOWN'])
})
