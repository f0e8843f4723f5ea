import t from 'tap'
import { readBody } from './a-reading.ts'

const ENTRY = {
  request: {
    id: 'r1',
    uri: '/v1/a?apikey=SECRET&flag',
    url: 'http://localhost:8000/v1/a?apikey=SECRET&flag',
    method: 'GET',
    headers: { host: 'api.example.com', 'user-agent': 'HTTPie/3', apikey: 'SECRET', authorization: 'REDACTED' },
    size: 139,
  },
  upstream_status: '502, 200',
  response: {
    status: 201,
    headers: {
      deprecation: '@1688169599',
      sunset: 'Sun, 30 Jun 2024 23:59:59 GMT',
      link: ['<a>; rel="x"', '<b>'],
      'x-api-version': '2',
    },
  },
  latencies: { kong: 1, proxy: 171, request: 173.4 },
  client_ip: '192.0.2.1',
  started_at: 1726783839538,
}
const read = (over: object) => readBody(JSON.stringify({ ...ENTRY, ...over }), { format: 'kong' })
const one = (over: object = {}) => read(over).calls[0]

t.test('an entry is one call that began at started_at', async t => {
  t.match(one(), {
    time: 1726783839538,
    timeKind: 'start',
    method: 'GET',
    target: '/v1/a?apikey=SECRET&flag',
    host: 'api.example.com',
    status: 201,
    durationMs: 173.4,
    agent: 'HTTPie/3',
    clientIp: '192.0.2.1',
    requestId: 'r1',
    deprecation: '@1688169599',
    sunset: 'Sun, 30 Jun 2024 23:59:59 GMT',
    link: '<a>; rel="x", <b>',
    versionHeader: '2',
    apiKey: '',
  })
})

t.test('the consumer is its id, else its name, else its custom id; the credential comes behind', async t => {
  t.same(one({ consumer: { id: 'c-1', username: 'acme' }, authenticated_entity: { id: 'k-1' } })?.identities, [
    { kind: 'consumer', value: 'c-1' },
    { kind: 'credential', value: 'k-1' },
  ])
  t.same(one({ consumer: { username: 'acme', custom_id: 'x' } })?.identities, [{ kind: 'consumer', value: 'acme' }])
  t.same(one({ consumer: { custom_id: 'x' } })?.identities, [{ kind: 'consumer', value: 'x' }])
  t.same(one()?.identities, [])
})

t.test('the anonymous consumer is nobody', async t => {
  const request = { ...ENTRY.request, headers: { ...ENTRY.request.headers, 'x-anonymous-consumer': 'true' } }
  t.same(one({ request, consumer: { id: 'c-1', username: 'anonymous' } })?.identities, [])
})

t.test('sizes as text, repeated headers, empty objects and missing parts do not disturb (Kong 2.x)', async t => {
  const request = {
    ...ENTRY.request,
    size: '139',
    headers: { host: ['a.example', 'b'], 'user-agent': [] },
    querystring: { flag: true },
  }
  t.match(
    one({
      request,
      response: { status: 404, size: '12', headers: {} },
      tries: {},
      route: undefined,
      latencies: { proxy: -1, request: 1 },
    }),
    { host: 'a.example, b', agent: '', status: 404 },
  )
  t.match(one({ latencies: {} }), { durationMs: 0 })
})

t.test('without a host header the host stands in the URL', async t => {
  t.match(one({ request: { ...ENTRY.request, headers: {} } }), { host: 'localhost:8000' })
})

t.test('an entry of a TCP route is no call', async t => {
  const { request, ...rest } = ENTRY
  t.ok(request)
  t.same(readBody(JSON.stringify({ ...rest, session: { received: 1, sent: 2, status: 200 } })).outcomes, [
    'kong not-a-request',
  ])
})

t.test('an entry without status, method or time says so', async t => {
  t.same(read({ response: {} }).unparsed, { 'no-status': 1 })
  t.same(read({ request: { uri: '/x', method: '' } }).unparsed, { 'no-request': 1 })
  t.same(read({ started_at: 'soon' }).unparsed, { 'no-time': 1 })
})

t.test('invalid UTF-8 in an entry is replaced, not refused', async t => {
  const bytes = Buffer.from(JSON.stringify(ENTRY).replace('HTTPie', 'M\u00f6'), 'latin1')
  t.match(readBody(bytes).calls[0], { agent: 'M\ufffd/3', status: 201 })
})

t.test('file-log lines, http-log arrays and objects are the same calls', async t => {
  const line = JSON.stringify(ENTRY)
  for (const body of [
    `${line}\n${line}\n`,
    `[${line},${line}]`,
    `${line}${line}`,
    JSON.stringify([ENTRY, ENTRY], undefined, 2),
  ])
    t.same(readBody(body).formats, { kong: 2 })
})
