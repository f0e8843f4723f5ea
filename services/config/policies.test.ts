import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { api, tried } from './load.fixture.ts'

const root = new URL('../../', import.meta.url).pathname

t.test('the three presets load, each its own answer to how a thing is taken away', async t => {
  const policyOf = async (name: string) => (await tried(t, api(name))).catalogue?.apis.get('a')?.policy
  const [scale, scanii, layers] = [await policyOf('scale'), await policyOf('scanii'), await policyOf('layers')]
  t.match(scale, {
    id: 'scale',
    sunset: 'optional',
    notice: { days: 0, months: 0 },
    announcement: 'callers',
    digestDays: 91,
    withoutDate: 'deprecated',
  })
  t.match(scanii, {
    id: 'scanii',
    sunset: 'never-committed',
    notice: { days: 0, months: 12 },
    announcement: 'all-customers',
    digestDays: 0,
    withoutDate: 'superseded',
  })
  t.match(layers, {
    id: 'layers',
    sunset: 'required',
    notice: { days: 90, months: 0 },
    afterSunset: 'gone',
    neverEarlier: true,
  })
  t.equal(layers?.stages[0], 90)
  t.same(layers?.headers, { deprecation: 'http-date', sunset: true, link: true, version: 'X-Layers-Api-Version' })
  t.equal(scale?.headers.deprecation, 'rfc9745')
})

t.test('an own policy begins with a preset and changes a line', async t => {
  const { catalogue } = await tried(t, api('./policies/own.yaml'), {
    policies: {
      'own.yaml': 'extends: ./base.yaml\nnotice: { months: 6 }\nstages: [30]\n',
      'base.yaml': 'extends: layers\nid: base\ntitle: Ours\nclauses: { notice: T-1 }\n',
    },
  })
  const policy = catalogue?.apis.get('a')?.policy
  t.match(policy, { id: 'own', title: 'Ours', notice: { days: 90, months: 6 }, sunset: 'required' })
  t.same(policy?.stages, [30])
  t.equal(policy?.clauses.get('notice'), 'T-1')
  t.equal(policy?.clauses.get('guide'), 'LY-4')
})

t.test('a notice of days and months is as long as the longer', async t => {
  const own = { 'own.yaml': 'extends: scale\nnotice: { days: 90, months: 2 }\n' }
  const at = (sunset: string): string =>
    api(
      './own.yaml',
      `    deprecations: [{ id: d, thing: { version: v1 }, announced: 2026-01-01, sunset: ${sunset} }]\n`,
    )
  t.same((await tried(t, at('2026-03-31'), own)).said, ['lastcall.yaml:6 LC_NOTICE_SHORT'])
  t.same((await tried(t, at('2026-04-01'), own)).said, [])
})

t.test('a policy that is incomplete, mistyped or extends itself is an error where it stands', async t => {
  t.same(
    (await tried(t, api('./own.yaml'), { 'own.yaml': 'extends: layers\nnotise: { days: 1 }\nsunset: never\n' })).said,
    ['own.yaml:2 LC_KEY_UNKNOWN', 'own.yaml:3 LC_VALUE'],
  )
  t.ok((await tried(t, api('./own.yaml'), { 'own.yaml': 'title: Alone\n' })).said.includes('own.yaml:1 LC_KEY_MISSING'))
  t.same(
    (await tried(t, api('./a.yaml'), { 'a.yaml': 'title: A\nextends: ./b.yaml\n', 'b.yaml': 'extends: ./a.yaml\n' }))
      .said,
    ['b.yaml:1 LC_POLICY_LOOP'],
  )
  t.same((await tried(t, api('./gone.yaml'))).said, ['lastcall.yaml:3 LC_FILE_UNREADABLE'])
})

t.test('a name that is no preset tells those that are', async t => {
  const { findings } = await tried(t, api('layer'))
  t.match(findings[0], { code: 'LC_POLICY_UNKNOWN', message: /Did you mean "layers"/, todo: /layers, scale, scanii/ })
  t.same((await tried(t, api("'../../etc/passwd'"))).catalogue, undefined)
})

t.test('no code names a policy: they are data', async t => {
  const files = ['ingest', 'services', 'notifier', 'dashboards']
    .filter(room => existsSync(join(root, room)))
    .flatMap(room => {
      const found = readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      return found
        .filter(name => name.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(name) && !name.startsWith('demo/'))
        .map(name => join(root, room, name))
    })
  t.ok(files.length > 20)
  for (const file of files) t.notMatch(readFileSync(file, 'utf8'), /scanii|'scale'|'layers'/i, file)
})
