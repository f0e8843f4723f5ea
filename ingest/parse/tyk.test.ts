import t from 'tap'
import { tyk } from './tyk.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const dump = (text: string) => Buffer.from(text).toString('base64')
const record = {
  timestamp: '2026-11-22T03:23:24.598123456Z',
  method: 'GET',
  path: '/orders/42',
  raw_path: '/orders/42',
  response_code: 200,
  alias: 'acme-prod',
  api_key: '1a2b3c4d',
  api_version: 'v1',
  api_id: 'b84fe1a0',
  org_id: '5e9d9544',
  oauth_id: '',
  raw_request: dump('GET /orders/42 HTTP/1.1\r\nAuthorization: SECRET\r\n\r\n'),
  raw_response: dump(
    'HTTP/1.1 200 OK\r\nDeprecation: @1688169599\r\nSet-Cookie: SECRET\r\nContent-Length: 2\r\n\r\n{}',
  ),
  request_time_ms: 37,
  ip_address: '203.0.113.9',
  host: 'upstream.internal:8080',
  user_agent: 'python-requests/2.32.3',
  tags: ['key-1a2b3c4d', 'org-5e9d9544'],
}

t.test('a pump record is a call at its end, of the key named by its alias; the upstream is not the host', async t => {
  t.equal(tyk.recognises(record), true)
  t.match(tyk.parse(record, context), {
    kind: 'ok',
    value: {
      time: Date.UTC(2026, 10, 22, 3, 23, 24, 598),
      timeKind: 'end',
      durationMs: 37,
      target: '/orders/42',
      host: '',
      identities: [{ kind: 'consumer', value: 'acme-prod' }],
      apiKey: '1a2b3c4d',
      deprecation: '@1688169599',
    },
  })
})

t.test('nothing of the wire dumps but the audited headers is taken over', async t => {
  t.notMatch(JSON.stringify(tyk.parse(record, context)), /SECRET/)
})

t.test('the key is found in its tag when the field was left out; the hash of no key is no key', async t => {
  const { api_key, ...rest } = record
  t.equal(api_key, '1a2b3c4d')
  t.match(tyk.parse(rest, context), { value: { apiKey: '1a2b3c4d' } })
  t.match(tyk.parse({ ...record, api_key: '00000000' }, context), { value: { apiKey: '' } })
  t.match(tyk.parse({ ...rest, tags: ['key-', 7, null] }, context), { value: { apiKey: '' } })
})

t.test("the stdout pump's nesting reads the same, with the path as it was called", async t => {
  const full = {
    ...record,
    original_path: '/shop/orders/42',
    latency: { total: 41, upstream: 37 },
    path: '/orders/{id}',
    oauth_id: 'client-7',
  }
  const nested = { 'tyk-analytics-record': full }
  t.equal(tyk.recognises(nested), true)
  t.match(tyk.parse(nested, context), {
    value: {
      target: '/shop/orders/42',
      route: '',
      durationMs: 41,
      identities: [
        { kind: 'consumer', value: 'acme-prod' },
        { kind: 'client', value: 'client-7' },
      ],
    },
  })
})

t.test('a tracked path is the route', async t => {
  t.match(tyk.parse({ ...record, path: '/orders/{id}' }, context), {
    value: { target: '/orders/42', route: '/orders/{id}' },
  })
  t.match(tyk.parse({ ...record, path: 'orders/7', raw_path: '' }, context), {
    value: { target: '/orders/7', route: '' },
  })
})

t.test("the gateway's access log has the host that was called; an obfuscated key is no key", async t => {
  const line = {
    level: 'info',
    prefix: 'access-log',
    time: '2026-11-22T03:23:24Z',
    method: 'POST',
    path: '/orders',
    original_path: '/shop/orders',
    host: 'api.example.com',
    status: 201,
    latency_total: 12,
    api_key: '****1a2b',
    client_ip: '203.0.113.9',
  }
  t.equal(tyk.recognises(line), true)
  t.match(tyk.parse(line, context), {
    kind: 'ok',
    value: {
      target: '/shop/orders',
      host: 'api.example.com',
      status: 201,
      durationMs: 12,
      apiKey: '',
      timeKind: 'end',
    },
  })
  t.match(tyk.parse({ ...line, api_key: '7a33bc1f' }, context), { value: { apiKey: '7a33bc1f' } })
})
