import t from 'tap'
import { headerOf } from '../../services/domain/raw-call.ts'
import { azureApim } from './azure-apim.ts'

const context = { zone: 'Europe/Berlin', envelopeTime: 0, received: 0 }
const record = {
  time: '2026-11-22T03:23:24.5981234Z',
  operationName: 'Microsoft.ApiManagement/GatewayLogs',
  category: 'GatewayLogs',
  durationMs: 37,
  callerIpAddress: '203.0.113.9',
  correlationId: 'a1b2c3d4',
  properties: {
    method: 'GET',
    url: 'https://apim1.azure-api.net/v1/orders/42?subscription-key=SECRET',
    responseCode: 200,
    apimSubscriptionId: 'sub-acme',
    requestHeaders: { 'User-Agent': 'curl/8.5.0', 'Ocp-Apim-Subscription-Key': 'SECRET' },
    responseHeaders: { Deprecation: '@1688169599' },
  },
}

t.test('a diagnostics record is a call of its subscription, at the request start', async t => {
  t.equal(azureApim.recognises(record), true)
  const outcome = azureApim.parse(record, context)
  t.match(outcome, {
    kind: 'ok',
    value: {
      time: Date.UTC(2026, 10, 22, 3, 23, 24, 598),
      timeKind: 'start',
      method: 'GET',
      target: record.properties.url,
      status: 200,
      durationMs: 37,
      identities: [{ kind: 'subscription', value: 'sub-acme' }],
      apiKey: '',
      agent: 'curl/8.5.0',
      clientIp: '203.0.113.9',
      requestId: 'a1b2c3d4',
      deprecation: '@1688169599',
    },
  })
  if (outcome.kind === 'ok') t.equal(headerOf(outcome.value, 'ocp-apim-subscription-key'), 'SECRET')
})

t.test('a Log Analytics export is flat, in Pascal case, and holds headers as text', async t => {
  const row = {
    TimeGenerated: '2026-11-22T03:23:24.5',
    OperationName: 'Microsoft.ApiManagement/GatewayLogs',
    Type: 'ApiManagementGatewayLogs',
    CorrelationId: 'a1b2c3d4',
    CallerIpAddress: '203.0.113.9',
    TotalTime: 12,
    Method: 'POST',
    Url: 'https://apim1.azure-api.net/v1/orders',
    ResponseCode: 201,
    ApimSubscriptionId: 'sub-acme',
    UserId: '7',
    ResponseHeaders: '{"Sunset":"Sun, 30 Jun 2024 23:59:59 GMT"}',
  }
  t.equal(azureApim.recognises(row), true)
  t.match(azureApim.parse(row, context), {
    kind: 'ok',
    value: {
      time: Date.UTC(2026, 10, 22, 3, 23, 24, 500),
      durationMs: 12,
      identities: [
        { kind: 'subscription', value: 'sub-acme' },
        { kind: 'user', value: '7' },
      ],
      sunset: 'Sun, 30 Jun 2024 23:59:59 GMT',
    },
  })
  t.match(azureApim.parse({ ...row, ResponseHeaders: '{cut' }, context), { kind: 'ok', value: { sunset: '' } })
})

t.test('other log categories of the service are no requests; an audit record is not of this format', async t => {
  const socket = {
    time: record.time,
    category: 'WebSocketConnectionLogs',
    resourceId: '/SUBSCRIPTIONS/0/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.APIMANAGEMENT/SERVICE/APIM1',
    properties: {},
  }
  t.equal(azureApim.recognises(socket), true)
  t.same(azureApim.parse(socket, context), { kind: 'drop', reason: 'not-a-request' })
  t.equal(azureApim.recognises({ ...socket, resourceId: '/x/PROVIDERS/MICROSOFT.KEYVAULT/y' }), false)
})

t.test('the shared table AzureDiagnostics, and properties as text, read the same', async t => {
  const shared = {
    TimeGenerated: '2026-11-22T03:23:24.5Z',
    Category: 'GatewayLogs',
    OperationName: 'Microsoft.ApiManagement/GatewayLogs',
    CorrelationId: 'a1b2c3d4',
    DurationMs: 12,
  }
  const diagnostics = {
    ...shared,
    method_s: 'GET',
    url_s: 'https://a.example/v1/x',
    responseCode_d: 200,
    apimSubscriptionId_s: 's',
  }
  t.equal(azureApim.recognises(diagnostics), true)
  t.match(azureApim.parse(diagnostics, context), {
    kind: 'ok',
    value: { status: 200, durationMs: 12, identities: [{ value: 's' }] },
  })
  const old = {
    time: '2026-11-22T03:23:24Z',
    category: 'GatewayLogs',
    operationName: 'Microsoft.ApiManagement/GatewayLogs',
    properties: '{"SubscriptionId":"s","Method":"GET","Url":"https://a.example/v1/x","ResponseCode":200}',
  }
  t.equal(azureApim.recognises(old), true)
  t.match(azureApim.parse(old, context), { kind: 'ok', value: { status: 200, identities: [{ value: 's' }] } })
})
