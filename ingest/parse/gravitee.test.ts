import t from 'tap'
import { gravitee } from './gravitee.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const v4 = {
  timestamp: 1692359213844,
  requestId: '076aea69',
  transactionId: '076aea69',
  apiId: '5f67b38f',
  planId: '8463511c',
  applicationId: '91f077b0',
  subscriptionId: '318e47e5',
  clientIdentifier: 'spoofed',
  httpMethod: 'GET',
  remoteAddress: '203.0.113.9',
  host: 'api.example.com:8082',
  uri: '/orders/42',
  userAgent: 'curl/7.88.1',
  requestEnded: true,
  status: 200,
  gatewayResponseTimeMs: 144,
  securityType: 'API_KEY',
  securityToken: 'SECRET-KEY',
}
const elastic = {
  '@timestamp': '2023-08-18T11:16:21.941Z',
  type: 'request',
  _id: '13f5ae30',
  method: 3,
  uri: '/orders/42',
  status: 200,
  'response-time': 150,
  api: 'ff3c6c48',
  application: '91f077b0',
  subscription: '04975880',
  'remote-address': '203.0.113.9',
  host: 'api.example.com',
  'security-type': 'API_KEY',
  'security-token': 'SECRET-KEY',
}

t.test('v4 metrics: application and subscription are asserted, the API key is the key itself', async t => {
  t.equal(gravitee.recognises(v4), true)
  t.match(gravitee.parse(v4, context), {
    kind: 'ok',
    value: {
      time: 1692359213844,
      timeKind: 'start',
      method: 'GET',
      target: '/orders/42',
      durationMs: 144,
      requestId: '076aea69',
      identities: [
        { kind: 'app', value: '91f077b0' },
        { kind: 'subscription', value: '318e47e5' },
      ],
      apiKey: 'SECRET-KEY',
    },
  })
})

t.test('v2 metrics under their older names', async t => {
  const { apiId, applicationId, subscriptionId, gatewayResponseTimeMs, ...shared } = v4
  const v2 = {
    ...shared,
    api: apiId,
    application: applicationId,
    subscription: subscriptionId,
    proxyResponseTimeMs: 150,
  }
  t.equal(gravitee.recognises(v2), true)
  t.match(gravitee.parse(v2, context), {
    value: { durationMs: 150, identities: [{ kind: 'app' }, { kind: 'subscription' }] },
  })
  t.equal(gatewayResponseTimeMs, 144)
})

t.test('Elasticsearch records log the method as a number', async t => {
  t.equal(gravitee.recognises(elastic), true)
  t.match(gravitee.parse(elastic, context), {
    kind: 'ok',
    value: { method: 'GET', time: Date.UTC(2023, 7, 18, 11, 16, 21, 941), requestId: '13f5ae30', apiKey: 'SECRET-KEY' },
  })
  const names = ['OTHER', 'CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']
  for (const [code, name] of names.entries())
    t.match(gravitee.parse({ ...elastic, method: code }, context), { value: { method: name } })
  t.match(gravitee.parse({ ...elastic, method: '7' }, context), { value: { method: 'POST' } })
  t.same(gravitee.parse({ ...elastic, method: 99 }, context), { kind: 'unparsed', reason: 'no-request' })
})

t.test('a v4 Elasticsearch record', async t => {
  const record = {
    '@timestamp': '2023-08-18T11:46:53.844Z',
    'request-id': '076aea69',
    'api-id': '5f67b38f',
    'application-id': '91f077b0',
    'subscription-id': '318e47e5',
    'http-method': 7,
    uri: '/orders',
    'request-ended': 'true',
    status: 201,
    'gateway-response-time-ms': -1,
  }
  t.equal(gravitee.recognises(record), true)
  t.match(gravitee.parse(record, context), { value: { method: 'POST', status: 201, durationMs: 0 } })
  t.same(gravitee.parse({ ...record, 'request-ended': 'false' }, context), { kind: 'drop', reason: 'not-a-request' })
})

t.test('a keyless plan names nobody: not its placeholder, not the address it calls a subscription', async t => {
  const keyless = {
    ...v4,
    applicationId: '1',
    subscriptionId: '203.0.113.9',
    securityType: 'KEY_LESS',
    securityToken: '',
  }
  const outcome = gravitee.parse(keyless, context)
  t.same(outcome.kind === 'ok' && outcome.value.identities, [])
})

t.test('the token of an OAuth plan is the client, not a key', async t => {
  const outcome = gravitee.parse({ ...v4, securityType: 'OAUTH2', securityToken: 'client-7' }, context)
  t.match(outcome, { value: { apiKey: '', identities: [{}, {}, { kind: 'client', value: 'client-7' }] } })
})

t.test('other events of the stream are no requests', async t => {
  const others = [
    { timestamp: 1, apiId: 'a', requestId: 'r', entrypointRequest: { method: 'GET', uri: '/x' } },
    { timestamp: 1, apiId: 'a', requestId: 'r', connectorType: 'ENTRYPOINT', correlationId: 'c' },
    { '@timestamp': '2023-08-18T12:35:25.746Z', type: 'v4-log', 'api-id': 'a' },
    { '@timestamp': '2023-08-18T12:35:25.746Z', type: 'monitor', gateway: 'g', jvm: {} },
  ]
  for (const other of others) {
    t.equal(gravitee.recognises(other), true)
    t.same(gravitee.parse(other, context), { kind: 'drop', reason: 'not-a-request' })
  }
})
