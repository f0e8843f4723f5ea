import t from 'tap'
import { type Installation, installation, jsonLine } from '../../../test/running.ts'

let here: Installation
t.before(async () => {
  here = await installation(
    t,
    `sources:
  - { id: web, format: nginx-json }
  - { id: edge, format: cloudflare }
  - { id: mute, format: auto }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], operations: ["GET /v1/orders/{id}"] }
`,
  )
  const seconds = (ahead: number) => ({ msec: ((Date.now() + ahead * 1000) / 1000).toFixed(3) })
  await here.post('web', [jsonLine(seconds(-600)), 'no log line', jsonLine({ host: 'other.example' })].join('\n'))
  const started = Date.now() + 300_000
  await here.post(
    'edge',
    JSON.stringify({
      ClientRequestHost: 'api.partner.example',
      ClientRequestMethod: 'GET',
      ClientRequestURI: '/v1/orders/7',
      EdgeStartTimestamp: `${started}000000`,
      EdgeEndTimestamp: `${started + 5}000000`,
      EdgeResponseStatus: 200,
      RayID: '87a1b2c3d4e5f009',
      SampleInterval: 10,
    }),
  )
  await here.settle()
})

type Row = Readonly<Record<string, unknown>>
const get = async <T>(path: string): Promise<T> => (await (await fetch(here.url + path)).json()) as T

t.test('the list says of each source what became of its lines, how late, how far ahead, sampled', async t => {
  const { items } = await get<{ items: Row[] }>('/api/v1/sources')
  const of = (source: string): Row => items.find(item => item.source === source) ?? {}
  t.match(of('web'), {
    ...{ state: 'fresh', lines: 3, calls: 1, unparsed: 1, dead: 0, dropped: { 'unknown-host': 1 } },
    ...{ aheadSeconds: 0, silentHours: 0, weight: 1 },
  })
  const late = Number(of('web').lagSeconds)
  t.ok(late >= 600 && late < 700, `${late} s late`)
  t.match(of('edge'), { lines: 1, calls: 1, weight: 10, lagSeconds: 0 })
  const ahead = Number(of('edge').aheadSeconds)
  t.ok(ahead > 200 && ahead <= 301, `${ahead} s ahead`)
  t.match(of('mute'), { state: 'never seen', lines: 0, through: null, lagSeconds: null, aheadSeconds: 0 })
})

t.test('one source says it by the hour', async t => {
  const { hours, health } = await get<{ hours: Row[]; health: Row[] }>('/api/v1/sources/web')
  t.ok(hours.some(({ outcome, lines, through }) => outcome === 'call' && lines === 1 && typeof through === 'string'))
  t.ok(hours.some(({ outcome, through }) => outcome === 'unparsed' && through === null))
  t.equal(new Set(health.map(({ hour }) => hour)).size, health.length, 'each hour once')
  t.ok(health.some(({ lagSeconds, aheadSeconds }) => Number(lagSeconds) >= 600 && aheadSeconds === 0))
})

t.test('the board shows the same', async t => {
  const page = await (await fetch(`${here.url}/sources`)).text()
  t.match(page, '10 min', 'how late')
  t.match(page, 'ahead', 'whose clock is ahead')
  t.match(page, '1 in 10', 'who samples')
  t.match(page, 'dropped (unknown-host)')
})

t.test('so do the metrics', async t => {
  const text = await (await fetch(`${here.url}/metrics`)).text()
  const value = (name: string, source: string): number =>
    Number(new RegExp(`^${name}\\{[^}]*source="${source}"[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
  t.ok(value('lastcall_source_lag', 'web') >= 600)
  t.ok(value('lastcall_source_silence', 'web') >= 600)
  t.ok(value('lastcall_source_ahead', 'edge') > 200)
  t.equal(value('lastcall_source_weight', 'edge'), 10)
  t.equal(value('lastcall_source_silent_hours', 'edge'), 0)
  t.ok(Number.isNaN(value('lastcall_source_lag', 'mute')), 'of a source never heard nothing is said')
})

// Stops the installation: it would keep the process alive.
t.end()
