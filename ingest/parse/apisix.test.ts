import t from 'tap'
import { apisix } from './apisix.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const record = () => ({
  request: {
    url: 'http://api.example.com:9080/v1/orders?apikey=SECRET',
    uri: '/v1/orders?apikey=SECRET',
    method: 'GET',
    headers: { host: 'api.example.com:9080', 'user-agent': 'curl/8.6.0', authorization: 'Bearer SECRET' },
    querystring: { apikey: 'SECRET' },
  },
  response: { status: 200, headers: { deprecation: '@1688169599', 'x-acme-api-version': 'v1' } },
  server: { hostname: 'gw', version: '3.9.0' },
  route_id: 'orders',
  service_id: '',
  consumer: { username: 'acme' },
  client_ip: '203.0.113.9',
  start_time: 1718291190508,
  latency: 1200.0000476837,
  apisix_latency: 67.000047683716,
})

t.test('an entry with a consumer is a call of that consumer, at the request start', async t => {
  t.equal(apisix.recognises(record()), true)
  t.match(apisix.parse(record(), context), {
    kind: 'ok',
    value: {
      time: 1718291190508,
      timeKind: 'start',
      method: 'GET',
      target: '/v1/orders?apikey=SECRET',
      host: 'api.example.com:9080',
      status: 200,
      durationMs: 1200.0000476837,
      identities: [{ kind: 'consumer', value: 'acme' }],
      apiKey: '',
      agent: 'curl/8.6.0',
      clientIp: '203.0.113.9',
      deprecation: '@1688169599',
      versionHeader: 'v1',
    },
  })
})

t.test('the host comes from the absolute address when headers were left out', async t => {
  const value = record()
  value.request.headers = {} as typeof value.request.headers
  t.match(apisix.parse(value, context), { kind: 'ok', value: { host: '', target: value.request.url } })
})

t.test('a header-borne name is never an identity, an empty consumer nobody', async t => {
  const { consumer, ...rest } = record()
  t.match(apisix.parse(rest, context), { kind: 'ok', value: { identities: [] } })
  t.match(apisix.parse({ ...rest, consumer: { username: 'anonymous' } }, context), { value: { identities: [] } })
  t.equal(consumer.username, 'acme')
})

t.test('a custom log format without a request is told apart, and unparsed when the source says APISIX', async t => {
  const custom = { route_id: '1', client_ip: '127.0.0.1', '@timestamp': '2024-06-13T15:19:34+00:00', host: 'h' }
  t.equal(apisix.recognises(custom), false)
  t.same(apisix.parse(custom, context), { kind: 'unparsed', reason: 'no-request' })
  t.same(apisix.parse({ request: record().request, start_time: 1718291190508 }, context), {
    kind: 'unparsed',
    reason: 'no-status',
  })
})
