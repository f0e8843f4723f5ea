import t from 'tap'
import { headerOf } from '../../services/domain/raw-call.ts'
import { readBody } from './a-reading.ts'

const RECOMMENDED = {
  v: '1',
  msec: '1795317804.598',
  request_id: '8d34',
  method: 'GET',
  host: 'api.example.com',
  request_uri: '/v1/orders/42?x=1',
  status: '200',
  bytes: '254',
  request_time: '0.003',
  ua: 'curl/8',
  consumer: 'acme',
  user: 'bob',
  client: '192.0.2.1',
  xff: '',
  deprecation: '@1688169599',
  sunset: 'Sun, 30 Jun 2024 23:59:59 GMT',
}
const one = (record: object) => readBody(JSON.stringify(record)).calls[0]

t.test('our recommended layout is read in full', async t => {
  const call = one(RECOMMENDED)
  t.match(call, {
    time: 1795317804598,
    timeKind: 'end',
    durationMs: 3,
    method: 'GET',
    target: '/v1/orders/42?x=1',
    host: 'api.example.com',
    status: 200,
    agent: 'curl/8',
    clientIp: '192.0.2.1',
    requestId: '8d34',
    deprecation: '@1688169599',
    sunset: 'Sun, 30 Jun 2024 23:59:59 GMT',
    identities: [],
  })
  t.equal(call && headerOf(call, 'X-Consumer-Id'), 'acme', 'counts only where the source trusts it')
  t.equal(call && headerOf(call, 'Remote-User'), 'bob')
})

t.test('variables under their own names are read, headers by header name', async t => {
  const call = one({
    time_iso8601: '2026-11-22T03:23:24+00:00',
    request: 'POST /v1/a HTTP/1.1',
    status: 201,
    request_time: 0.01,
    remote_addr: '10.0.0.1',
    http_user_agent: 'x',
    http_x_tenant: 't1',
    sent_http_sunset: 's',
    remote_user: '-',
  })
  t.match(call, {
    method: 'POST',
    target: '/v1/a',
    status: 201,
    durationMs: 10,
    sunset: 's',
    time: Date.parse('2026-11-22T03:23:24Z'),
  })
  t.equal(call && headerOf(call, 'x-tenant'), 't1')
  t.equal(call && headerOf(call, 'remote-user'), '')
})

t.test('what was asked for counts, not what it was rewritten to', async t => {
  t.match(one({ ...RECOMMENDED, request_uri: '/old/42', uri: '/v1/42' }), { target: '/old/42' })
  t.match(one({ ...RECOMMENDED, request_uri: undefined, uri: '/v1/42' }), { target: '/v1/42' })
})

t.test('a key in a field of its own is the key', async t => {
  t.match(one({ ...RECOMMENDED, x_api_key: 'sk_live_x' }), { apiKey: 'sk_live_x' })
  t.match(one({ ...RECOMMENDED, x_api_key: 'REDACTED' }), { apiKey: '' })
})

t.test('numbers without quotes and values left out are read as they were meant', async t => {
  const body = [
    '{"msec":1795317804.598,"method":"GET","uri":"/a","status":200,"urt":0.000, 0.003}',
    '{"msec":1795317804.615,"method":"GET","uri":"/b","status":204,"urt":}',
    '{"msec":1795317804.615,"urt":-,"method":"GET","uri":"/caf\\xC3\\xA9\\x22","status":200}',
  ].join('\n')
  const reading = readBody(body)
  t.same(reading.outcomes, ['nginx-json ok', 'nginx-json ok', 'nginx-json ok'])
  t.same(
    reading.calls.map(call => [call.target, call.durationMs, call.truncated]),
    [
      ['/a', 3, false],
      ['/b', 0, false],
      ['/café"', 0, false],
    ],
  )
})

t.test('a record cut short is read when method, path and status are whole, and marked', async t => {
  const line = JSON.stringify({ ...RECOMMENDED, junk: 'z'.repeat(2000) })
  t.match(readBody(line.slice(0, 1024)).calls[0], { status: 200, target: '/v1/orders/42?x=1', truncated: true })
  t.same(readBody(line.slice(0, line.indexOf('"status"'))).outcomes, [' not-json'])
  t.same(readBody(line.slice(0, line.indexOf('/42'))).outcomes, [' not-json'], 'half a path is no path')
})

t.test('records of other kinds with a status are not taken for nginx', async t => {
  for (const record of [
    { status: 200, uri: '/x' },
    { status: 'ok', message: 'started', time: 'x' },
    { status: 200, request: { uri: '/' }, remote_addr: 'a', bytes_sent: 1 },
  ])
    t.notOk(one(record))
})
