import t from 'tap'
import { awsApiGateway } from './aws-api-gateway.ts'

const context = { zone: 'Europe/Berlin', envelopeTime: 0, received: 0 }
const record = {
  requestId: '48752d0f-c99d-4cfa-a5a7-f3c6834d19e5',
  extendedRequestId: 'GQIVriFLIAMEMsA=',
  ip: '203.0.113.9',
  caller: '-',
  user: '-',
  requestTime: '22/Nov/2026:03:23:24 +0000',
  requestTimeEpoch: '1795317804598',
  httpMethod: 'GET',
  resourcePath: '/orders/{id}',
  path: '/prod/orders/42',
  status: '200',
  responseLatency: '37',
  userAgent: 'python-requests/2.32.3',
  apiKeyId: 'a1b2c3d4e5',
  domainName: 'api.example.com',
  stage: 'prod',
}

t.test('a REST API call: the key id is the credential, the resource the route, the stage is gone', async t => {
  t.equal(awsApiGateway.recognises(record), true)
  t.match(awsApiGateway.parse(record, context), {
    kind: 'ok',
    value: {
      time: 1795317804598,
      timeKind: 'start',
      method: 'GET',
      target: '/orders/42',
      route: '/orders/{id}',
      host: 'api.example.com',
      status: 200,
      durationMs: 37,
      identities: [{ kind: 'credential', value: 'a1b2c3d4e5' }],
      apiKey: '',
      requestId: 'GQIVriFLIAMEMsA=',
      clientIp: '203.0.113.9',
    },
  })
})

t.test("the console's HTTP API preset: route key, time of one second, nobody named", async t => {
  const preset = {
    requestId: 'GQIVriFLIAMEMsA=',
    ip: '203.0.113.9',
    requestTime: '09/Jun/2023:12:54:08 +0000',
    httpMethod: 'GET',
    routeKey: 'GET /pets/{petId}',
    status: '200',
    protocol: 'HTTP/1.1',
    responseLength: '47140',
  }
  t.equal(awsApiGateway.recognises(preset), true)
  t.match(awsApiGateway.parse(preset, context), {
    kind: 'ok',
    value: {
      time: Date.UTC(2023, 5, 9, 12, 54, 8),
      target: '/pets/{petId}',
      route: '/pets/{petId}',
      identities: [],
    },
  })
})

t.test('identities come in the order of trust, nested or flat, and words for nobody are left out', async t => {
  const rich = {
    ...record,
    apiKeyId: '-',
    identity: { apiKey: 'sk_live_SECRET', apiKeyId: 'nested-id', userArn: 'arn:aws:iam::1:user/ann', caller: '-' },
    authorizer: { principalId: 'anonymous', claims: { sub: 'u-1', client_id: 'app-7' } },
  }
  t.match(awsApiGateway.parse(rich, context), {
    value: {
      apiKey: 'sk_live_SECRET',
      identities: [
        { kind: 'credential', value: 'nested-id' },
        { kind: 'client', value: 'app-7' },
        { kind: 'user', value: 'u-1' },
        { kind: 'user', value: 'arn:aws:iam::1:user/ann' },
      ],
    },
  })
  t.match(awsApiGateway.parse({ ...record, apiKeyId: '-', principalId: 'user|ann' }, context), {
    value: { identities: [{ kind: 'user', value: 'user|ann' }] },
  })
})

t.test('a WebSocket message is no request; a row without a path is unparsed', async t => {
  const socket = {
    requestId: 'x',
    requestTime: record.requestTime,
    routeKey: '$connect',
    connectionId: 'c',
    status: '200',
  }
  t.equal(awsApiGateway.recognises(socket), true)
  t.same(awsApiGateway.parse(socket, context), { kind: 'drop', reason: 'not-a-request' })
  const { path, resourcePath, ...rest } = record
  t.same(awsApiGateway.parse({ ...rest, routeKey: '$default' }, context), { kind: 'unparsed', reason: 'no-request' })
  t.same(awsApiGateway.parse({ ...record, status: '-' }, context), { kind: 'unparsed', reason: 'no-status' })
  t.equal(path + resourcePath, '/prod/orders/42/orders/{id}')
})

t.test('keys in snake case', async t => {
  const snake = {
    request_id: 'GQIVriFLIAMEMsA=',
    source_ip: '203.0.113.9',
    request_time: '22/Nov/2026:03:23:24 +0000',
    http_method: 'GET',
    route_key: 'GET /orders/{id}',
    path: '/orders/42',
    status: '200',
    principal_id: 'ann',
  }
  t.equal(awsApiGateway.recognises(snake), true)
  t.match(awsApiGateway.parse(snake, context), {
    kind: 'ok',
    value: {
      time: Date.UTC(2026, 10, 22, 3, 23, 24),
      target: '/orders/42',
      route: '/orders/{id}',
      identities: [{ kind: 'user', value: 'ann' }],
    },
  })
})
