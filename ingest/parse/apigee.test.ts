import t from 'tap'
import { headerOf } from '../../services/domain/raw-call.ts'
import { apigee } from './apigee.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const record = {
  messageid: 'rt-1-12345-1',
  ts: 1795317804598,
  org: 'acme',
  env: 'prod',
  proxy: 'orders-v1',
  verb: 'GET',
  uri: '/v1/orders/42?apikey=SECRET',
  status: 200,
  client_ip: '203.0.113.9',
  app: 'acme-app',
  developer: 'dev@acme.example',
  client_id: 'CONSUMERKEYSECRET',
}

t.test('a record in short words: the app is the identity, the consumer key is the API key', async t => {
  t.equal(apigee.recognises(record), true)
  t.match(apigee.parse(record, context), {
    kind: 'ok',
    value: {
      time: 1795317804598,
      timeKind: 'start',
      target: '/v1/orders/42?apikey=SECRET',
      identities: [
        { kind: 'app', value: 'acme-app' },
        { kind: 'user', value: 'dev@acme.example' },
      ],
      apiKey: 'CONSUMERKEYSECRET',
      requestId: 'rt-1-12345-1',
    },
  })
})

t.test('keys called like the flow variables, all values text', async t => {
  const flow = {
    'organization.name': 'acme',
    'environment.name': 'prod',
    'apiproxy.name': 'orders',
    'request.verb': 'POST',
    'proxy.basepath': '/v1',
    'proxy.pathsuffix': '/orders',
    'response.status.code': '201',
    'client.received.start.timestamp': '1795317804598',
    'client.sent.end.timestamp': '1795317804610',
    'developer.app.id': '6f1c',
    'developer.app.name': 'acme-app',
    'request.header.x-consumer': 'spoofed',
    'response.header.sunset': 'Sun, 30 Jun 2024 23:59:59 GMT',
  }
  t.equal(apigee.recognises(flow), true)
  const outcome = apigee.parse(flow, context)
  t.match(outcome, {
    kind: 'ok',
    value: {
      target: '/v1/orders',
      status: 201,
      durationMs: 12,
      identities: [{ kind: 'app', value: '6f1c' }],
      sunset: 'Sun, 30 Jun 2024 23:59:59 GMT',
    },
  })
  if (outcome.kind === 'ok') t.equal(headerOf(outcome.value, 'X-Consumer'), 'spoofed')
})

t.test('a variable that was not set names nobody, a message without a status is unparsed', async t => {
  const outcome = apigee.parse({ ...record, app: '(not set)', developer: '' }, context)
  t.same(outcome.kind === 'ok' && outcome.value.identities, [])
  const { status, ...rest } = record
  t.same(apigee.parse(rest, context), { kind: 'unparsed', reason: 'no-status' })
  t.equal(status, 200)
})

t.test('only an end time makes it the end', async t => {
  const { ts, ...rest } = record
  t.match(apigee.parse({ ...rest, client_sent_end_timestamp: ts }, context), { value: { time: ts, timeKind: 'end' } })
})
