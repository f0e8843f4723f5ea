import { readFileSync } from 'node:fs'
import t from 'tap'
import type { FieldMap } from '../../services/domain/catalogue.ts'
import { headerOf } from '../../services/domain/raw-call.ts'
import { readBody } from './a-reading.ts'
import { CADDY_MAP } from './caddy.ts'
import { TRAEFIK_MAP } from './traefik-json.ts'

const MAP: FieldMap = {
  time: { path: ['at.end', 'when'], unit: 'ms', kind: 'end' },
  method: ['http.method'],
  target: ['http.path'],
  status: ['http.status'],
  host: ['hosts.1.name'],
  duration: { path: ['took'], unit: 'us' },
  consumer: ['who.app', 'who.name'],
  user: ['who.user'],
  key: ['who.key'],
  agent: ['agent'],
  clientIp: ['ip'],
  requestId: ['id'],
  route: ['route'],
  headers: { path: 'h', prefix: 'req_' },
  nothing: ['n/v'],
}
const RECORD = {
  at: { end: 1795317804598 },
  http: { method: 'GET', path: '/v1/a', status: '200' },
  hosts: [{ name: 'no' }, { name: 'api.example.com' }],
  took: 1500,
  who: { app: 'n/v', name: 'acme', user: '-', key: 'k1' },
  agent: 'x',
  ip: '192.0.2.1, 10.0.0.1',
  id: 'r1',
  route: '/v1/{x}',
  h: { req_Accept: 'a' },
}
const read = (record: object, map: FieldMap = MAP, zone = 'UTC') =>
  readBody(JSON.stringify(record), { format: 'json', map, zone })
const one = (record: object, map?: FieldMap, zone?: string) => read(record, map, zone).calls[0]

t.test('any JSON is read by a map of dotted paths, arrays by number', async t => {
  const call = one(RECORD)
  t.match(call, {
    time: 1795317804598,
    timeKind: 'end',
    method: 'GET',
    target: '/v1/a',
    status: 200,
    host: 'api.example.com',
    durationMs: 1.5,
    identities: [{ kind: 'consumer', value: 'acme' }],
    apiKey: 'k1',
    clientIp: '192.0.2.1',
    requestId: 'r1',
    route: '/v1/{x}',
  })
  t.equal(call && headerOf(call, 'accept'), 'a')
})

t.test('keys with dots in them are found as they are', async t => {
  t.match(one({ 'at.end': 1795317804598, 'http.method': 'GET', 'http.path': '/x', 'http.status': 204 }), {
    status: 204,
    target: '/x',
  })
})

t.test('times are read in the unit and zone the map gives', async t => {
  const at = (unit: FieldMap['time']['unit'], value: unknown, zone?: string) =>
    one(
      { ...RECORD, at: { end: value } },
      { ...MAP, time: { path: ['at.end'], unit, kind: 'logged', ...(zone === undefined ? {} : { zone }) } },
      'America/New_York',
    )?.time
  t.equal(at('s', 1795317804.598), 1795317804598)
  t.equal(at('us', '1795317804598123'), 1795317804598)
  t.equal(at('ns', '1795317804598123456'), 1795317804598)
  t.equal(at('iso', '2026-11-22T03:23:24'), Date.parse('2026-11-22T08:23:24Z'), 'the source\u2019s zone')
  t.equal(at('iso', '2026-11-22T03:23:24', 'Europe/Berlin'), Date.parse('2026-11-22T02:23:24Z'), 'the map\u2019s zone')
  t.equal(at('clf', '[22/Nov/2026:03:23:24 +0000]'), Date.parse('2026-11-22T03:23:24Z'))
})

t.test('a whole request line is taken apart', async t => {
  t.match(one({ ...RECORD, http: { method: 'PUT /v1/b HTTP/1.1', path: 'PUT /v1/b HTTP/1.1', status: 200 } }), {
    method: 'PUT',
    target: '/v1/b',
  })
})

t.test('what is missing is the reason', async t => {
  t.same(read({ ...RECORD, http: { path: '/x', status: 200 } }).unparsed, { 'no-request': 1 })
  t.same(read({ ...RECORD, http: { method: 'GET', path: '/x' } }).unparsed, { 'no-status': 1 })
  t.same(read({ ...RECORD, at: {} }).unparsed, { 'no-time': 1 })
})

t.test('a map is read through an envelope too, whose time stands in', async t => {
  const { at, ...rest } = RECORD
  t.ok(at)
  t.match(one({ log: JSON.stringify(rest), date: 1795317900.5 }), { time: 1795317900500, timeKind: 'logged' })
})

for (const [name, map, files] of [
  [
    'caddy',
    CADDY_MAP,
    ['caddy/caddy-access.json.log', 'caddy/caddy-basic-auth.json.log', 'generated/caddy-2.6-access.ndjson'],
  ],
  ['traefik-json', TRAEFIK_MAP, ['traefik/traefik-access.json.log']],
] as const) {
  t.test(`the ${name} samples are read by one map as by their own format`, async t => {
    for (const file of files) {
      const body = readFileSync(new URL(`../../test/fixtures/logs/${file}`, import.meta.url))
      const own = readBody(body)
      t.ok(own.calls.length > 5)
      t.same(readBody(body, { format: 'json', map }).calls, own.calls, file)
      t.ok(own.calls.every(call => call.truncated === false))
    }
  })
}

t.test('Caddy\u2019s clock may be set to write times in any way', async t => {
  const line = (ts: unknown) =>
    JSON.stringify({
      level: 'info',
      ts,
      logger: 'http.log.access',
      msg: 'handled request',
      request: { method: 'GET', uri: '/', host: 'h' },
      status: 200,
      duration: 0.5,
    })
  for (const ts of [1795317804.598, 1795317804598, '2026-11-22T03:23:24.598Z', '2026/11/22'])
    t.match(
      readBody(line(ts)).calls[0]?.time,
      typeof ts === 'string' && ts.length < 12 ? undefined : 1795317804598,
      String(ts),
    )
  t.same(readBody(line('noon')).unparsed, { 'no-time': 1 })
})

t.test('Traefik without its start is logged when the line was written', async t => {
  const record = {
    RequestMethod: 'GET',
    RequestPath: '/',
    DownstreamStatus: 200,
    Duration: 2000000,
    RequestHost: 'h',
    RouterName: 'r',
    time: '2026-01-08T14:19:15Z',
  }
  t.match(readBody(JSON.stringify(record)).calls[0], {
    timeKind: 'logged',
    durationMs: 2,
    time: Date.parse('2026-01-08T14:19:15Z'),
  })
})
