import t from 'tap'
import { fastly } from './fastly.ts'

const context = { zone: 'Europe/Berlin', envelopeTime: 0, received: 0 }
const record = {
  timestamp: '2026-11-22T03:23:24+0000',
  client_ip: '203.0.113.9',
  host: 'api.example.com',
  url: '/v1/orders/42?apikey=SECRET',
  request_method: 'GET',
  request_protocol: 'HTTP/1.1',
  request_user_agent: 'curl/8.5.0',
  response_status: 200,
  deprecation: '@1688169599',
}

t.test('the proposed format is a call at the request start, of nobody', async t => {
  t.equal(fastly.recognises(record), true)
  const outcome = fastly.parse(record, context)
  t.match(outcome, {
    kind: 'ok',
    value: {
      time: Date.UTC(2026, 10, 22, 3, 23, 24),
      timeKind: 'start',
      target: '/v1/orders/42?apikey=SECRET',
      host: 'api.example.com',
      agent: 'curl/8.5.0',
      deprecation: '@1688169599',
    },
  })
  t.same(outcome.kind === 'ok' && outcome.value.identities, [])
})

t.test('the older format counts its elapsed time in microseconds', async t => {
  const older = {
    service_id: 'x',
    time_start: 1795317804598,
    time_elapsed: 37500,
    request: 'POST',
    host: 'api.example.com',
    url: '/v1/orders',
    status: '201',
  }
  t.equal(fastly.recognises(older), true)
  t.match(fastly.parse(older, context), {
    kind: 'ok',
    value: { time: 1795317804598, durationMs: 37.5, method: 'POST', status: 201 },
  })
})

t.test("a shield's row repeats what the edge has logged", async t => {
  t.same(fastly.parse({ ...record, fastly_is_edge: false }, context), { kind: 'drop', reason: 'other-hop' })
  t.equal(fastly.parse({ ...record, fastly_is_edge: true }, context).kind, 'ok')
})
