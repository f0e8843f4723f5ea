import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { CommandContext } from '../command.ts'
import { check } from './check.ts'

async function run(t: Test, values: CommandContext['values']) {
  const out: string[] = []
  const err: string[] = []
  const status = await check.run({
    values,
    positionals: [],
    stdout: text => void out.push(text),
    stderr: text => void err.push(text),
    stderrIsTerminal: false,
    stdin: (async function* () {})(),
    clock: { now: () => 0, sleep: async () => void t.fail('check waits for nothing') },
    environment: {},
    signal: new AbortController().signal,
  })
  return { status, out: out.join(''), err: err.join('') }
}

t.test('a good catalogue ends with 0, and says what it has on stderr', async t => {
  const { status, out, err } = await run(t, { config: 'docs/examples/lastcall.yaml' })
  t.equal(status, 0)
  t.equal(out, '')
  t.match(
    err,
    /^docs\/examples\/lastcall\.yaml is good: 3 sources, 3 APIs, 4 deprecations, 3 customers; 0 warnings; revision [0-9a-f]{16}\n$/,
  )
})

t.test('a bad one ends with 1 and says each fault as file:line: level CODE: what is wrong — what to do', async t => {
  const file = join(
    t.testdir({
      'c.yaml':
        'listen: { prot: 80 }\napis: [{ id: a, policy: layers, hosts: [a.example], version: { in: query, name: v } }]\n',
    }),
    'c.yaml',
  )
  const { status, out, err } = await run(t, { config: file })
  t.equal(status, 1)
  t.same(out.split('\n'), [
    `${file}:1: error LC_KEY_UNKNOWN: unknown key "prot". Did you mean "port"? — Keys here: host, port, clickhouse-port.`,
    `${file}:2: error LC_SELECTOR: the policy "layers" does not allow a version in the query — Put it into: path. [LY-1]`,
    '',
  ])
  t.equal(err, '2 errors, 0 warnings\n')
})

t.test('with --json it is one object', async t => {
  const file = join(t.testdir({ 'c.yaml': 'sources: [{ id: A }]\n' }), 'c.yaml')
  const bad = await run(t, { config: file, json: true })
  t.equal(bad.status, 1)
  t.match(JSON.parse(bad.out), {
    ok: false,
    revision: null,
    findings: [{ file, line: 1, code: 'LC_VALUE', level: 'error' }],
  })
  const good = await run(t, { config: 'docs/examples/lastcall.yaml', json: true })
  t.equal(good.status, 0)
  t.match(JSON.parse(good.out), { ok: true, sources: 3, apis: 3, deprecations: 4, customers: 3, findings: [] })
})

t.test('warnings alone are good', async t => {
  const { status, out } = await run(t, {
    config: join(t.testdir({ 'c.yaml': 'clickhouse: { url: "http://ch.example", password-env: CH }\n' }), 'c.yaml'),
  })
  t.equal(status, 0)
  t.match(out, /warning LC_ENV_UNSET/)
})

t.test('a file that is not there is a fault with exit 2', async t => {
  await t.rejects(run(t, { config: join(t.testdir({}), 'none.yaml') }), { code: 'LC_CONFIG_UNREADABLE', exit: 2 })
})

t.test('a format that does not exist, or a layout that cannot be read, is a fault of the catalogue', async t => {
  const file = join(
    t.testdir({
      'c.yaml':
        "sources:\n  - id: a\n    format: kongg\n  - id: b\n    format: nginx-log-format\n    layout: '$remote_addr only'\n  - id: c\n    format: kong\n",
    }),
    'c.yaml',
  )
  const { status, out } = await run(t, { config: file })
  t.equal(status, 1)
  t.match(out, /c\.yaml:3: error LC_FORMAT: no format is called "kongg"\. Did you mean "kong"\?/)
  t.match(out, /c\.yaml:6: error LC_LAYOUT_/)
  t.equal(out.split('\n').length, 3)
})
