import t from 'tap'
import { ecs } from './ecs.ts'
import { parsedAccess } from './parsed-access.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const time = Date.UTC(2026, 10, 22, 3, 23, 24)

t.test("Fluent Bit's nginx and apache2 parsers", async t => {
  const shared = {
    user: '-',
    method: 'GET',
    path: '/v1/orders/42',
    code: '200',
    size: '11',
    referer: '-',
    agent: 'curl/8',
  }
  const nginx = { date: time / 1000, remote: '203.0.113.9', host: '-', ...shared }
  t.equal(parsedAccess.recognises(nginx), true)
  t.match(parsedAccess.parse(nginx, context), {
    kind: 'ok',
    value: { time, timeKind: 'logged', status: 200, target: '/v1/orders/42', host: '', clientIp: '203.0.113.9' },
  })
  const apache = { date: time / 1000, host: '203.0.113.9', ...shared, user: 'ann' }
  t.equal(parsedAccess.recognises(apache), true)
  const outcome = parsedAccess.parse(apache, context)
  t.match(outcome, {
    kind: 'ok',
    value: { host: '', clientIp: '203.0.113.9', requestHeaders: { 'remote-user': 'ann' } },
  })
  t.same(outcome.kind === 'ok' && outcome.value.identities, [])
})

t.test("Vector's parsed nginx line", async t => {
  const record = {
    client: '203.0.113.9',
    user: 'ann',
    timestamp: '2026-11-22T03:23:24Z',
    request: 'GET /v1/orders/42 HTTP/1.1',
    status: 200,
    size: 11,
    agent: 'curl/8',
  }
  t.equal(parsedAccess.recognises(record), true)
  t.match(parsedAccess.parse(record, context), { kind: 'ok', value: { time, method: 'GET', target: '/v1/orders/42' } })
})

t.test("Logstash's grok without ECS", async t => {
  const record = {
    '@timestamp': '2026-11-22T03:23:30Z',
    clientip: '203.0.113.9',
    timestamp: '22/Nov/2026:03:23:24 +0000',
    verb: 'GET',
    request: '/v1/orders/42',
    response: '200',
    agent: '"curl/8"',
  }
  t.equal(parsedAccess.recognises(record), true)
  t.match(parsedAccess.parse(record, context), { kind: 'ok', value: { time, target: '/v1/orders/42', status: 200 } })
})

t.test('Elastic Common Schema, nested and dotted', async t => {
  const nested = {
    '@timestamp': '2026-11-22T03:23:24.000Z',
    http: { request: { method: 'get' }, response: { status_code: 200 } },
    url: { original: '/v1/orders/42?limit=1', domain: 'api.example.com' },
    source: { ip: '203.0.113.9' },
    user_agent: { original: 'curl/8' },
    event: { duration: 37_000_000 },
  }
  t.equal(ecs.recognises(nested), true)
  const expected = {
    kind: 'ok',
    value: { time, method: 'GET', target: '/v1/orders/42?limit=1', host: 'api.example.com', durationMs: 37 },
  }
  t.match(ecs.parse(nested, context), expected)
  const dotted = {
    '@timestamp': '2026-11-22T03:23:24.000Z',
    'http.request.method': 'GET',
    'http.response.status_code': 200,
    'url.path': '/v1/orders/42',
    'url.query': 'limit=1',
    'url.domain': 'api.example.com',
    'event.duration': '37000000',
  }
  t.equal(ecs.recognises(dotted), true)
  t.match(ecs.parse(dotted, context), expected)
  t.equal(ecs.recognises({ '@timestamp': 'x', http: { response: {} }, message: 'no request' }), false)
})
