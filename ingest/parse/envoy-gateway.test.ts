import t from 'tap'
import { headerOf } from '../../services/domain/raw-call.ts'
import { envoyGateway } from './envoy-gateway.ts'
import { istioJson } from './istio-json.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const record = {
  ':authority': 'api.example.com',
  start_time: '2026-01-24T01:35:00.000Z',
  method: 'HEAD',
  'x-envoy-origin-path': '/v1/orders',
  response_code: 301,
  response_flags: '-',
  duration: 0,
  'user-agent': 'curl/8.10.1',
  'x-request-id': '6d6e08ba',
  'x-forwarded-for': '203.0.113.9, 10.0.0.1',
  downstream_remote_address: '10.42.0.1:54321',
  'x-api-key': 'SECRET',
  deprecation: '@1688169599',
}

t.test('a request is a call, its header fields are read as headers, not as identities', async t => {
  t.equal(envoyGateway.recognises(record), true)
  t.equal(istioJson.recognises(record), false)
  const outcome = envoyGateway.parse(record, context)
  t.match(outcome, {
    kind: 'ok',
    value: {
      method: 'HEAD',
      target: '/v1/orders',
      host: 'api.example.com',
      status: 301,
      agent: 'curl/8.10.1',
      clientIp: '10.42.0.1:54321',
      identities: [],
      deprecation: '@1688169599',
    },
  })
  if (outcome.kind === 'ok') t.equal(headerOf(outcome.value, 'X-Api-Key'), 'SECRET')
})

t.test('a TCP route is no request', async t => {
  const tcp = { ...record, method: null, 'x-envoy-origin-path': null, ':authority': null }
  t.equal(envoyGateway.recognises(tcp), true)
  t.same(envoyGateway.parse(tcp, context), { kind: 'drop', reason: 'not-a-request' })
})
