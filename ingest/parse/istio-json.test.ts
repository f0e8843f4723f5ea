import t from 'tap'
import { istioJson } from './istio-json.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const record = {
  start_time: '2026-11-22T03:23:24.598Z',
  method: 'GET',
  path: '/v1/orders/42?limit=1',
  protocol: 'HTTP/1.1',
  response_code: 200,
  response_flags: '-',
  duration: 37,
  authority: 'api.example.com',
  user_agent: 'curl/8.5.0',
  request_id: 'b3b0c9f0',
  downstream_remote_address: '203.0.113.9:41234',
  x_forwarded_for: '198.51.100.7',
  upstream_cluster: 'inbound|8080||',
  x_api_key: 'SECRET',
}

t.test('a request is a call at its start, and nobody is asserted', async t => {
  t.equal(istioJson.recognises(record), true)
  t.match(istioJson.parse(record, context), {
    kind: 'ok',
    value: {
      time: Date.UTC(2026, 10, 22, 3, 23, 24, 598),
      timeKind: 'start',
      target: '/v1/orders/42?limit=1',
      host: 'api.example.com',
      durationMs: 37,
      identities: [],
      apiKey: '',
      clientIp: '203.0.113.9:41234',
      requestId: 'b3b0c9f0',
    },
  })
})

t.test('the legacy form with every number as text reads the same', async t => {
  t.match(istioJson.parse({ ...record, response_code: '404', duration: '3' }, context), {
    value: { status: 404, durationMs: 3 },
  })
})

t.test('TCP connections are no requests; a client that went away is a call without a response', async t => {
  const tcp = { ...record, method: null, path: null, response_code: 0 }
  t.same(istioJson.parse(tcp, context), { kind: 'drop', reason: 'not-a-request' })
  t.same(istioJson.parse({ ...tcp, method: '-', path: '-' }, context), { kind: 'drop', reason: 'not-a-request' })
  t.match(istioJson.parse({ ...record, response_code: 0 }, context), { kind: 'ok', value: { status: 0 } })
})

t.test('of several rows of one request only the one at its end counts', async t => {
  const typed = (type: string) => istioJson.parse({ ...record, access_log_type: type }, context)
  t.equal(typed('DownstreamEnd').kind, 'ok')
  t.equal(typed('NotSet').kind, 'ok')
  t.same(typed('DownstreamPeriodic'), { kind: 'drop', reason: 'not-a-request' })
  t.same(typed('DownstreamStart'), { kind: 'drop', reason: 'not-a-request' })
  t.same(typed('TcpConnectionEnd'), { kind: 'drop', reason: 'not-a-request' })
  t.same(typed('UpstreamEnd'), { kind: 'drop', reason: 'subrequest' })
})

t.test("Contour's fields are Envoy's with another name for the start", async t => {
  const { start_time, ...rest } = record
  const contour = { ...rest, '@timestamp': start_time }
  t.equal(istioJson.recognises(contour), true)
  t.match(istioJson.parse(contour, context), { kind: 'ok', value: { time: Date.UTC(2026, 10, 22, 3, 23, 24, 598) } })
})
