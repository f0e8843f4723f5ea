import t from 'tap'
import { azureEventhub } from './azure-eventhub.ts'
import { usTime } from './us-time.ts'

const context = { zone: 'Europe/Berlin', envelopeTime: 0, received: 0 }
const example = {
  EventTime: '11/22/2026 3:23:24 AM',
  ServiceName: 'apim1',
  RequestId: 'a1b2c3d4',
  RequestIp: '203.0.113.9',
  OperationName: 'Get order',
}

t.test("the vendor's example names no request", async t => {
  t.equal(azureEventhub.recognises(example), true)
  t.same(azureEventhub.parse(example, context), { kind: 'unparsed', reason: 'no-request' })
})

t.test('with method, URL, status and subscription added it is a call', async t => {
  const full = {
    ...example,
    Method: 'GET',
    Url: 'https://apim1.azure-api.net/v1/orders/42?subscription-key=SECRET',
    StatusCode: 200,
    SubscriptionId: 'sub-acme',
    UserAgent: 'curl/8.5.0',
    Deprecation: '@1688169599',
  }
  t.match(azureEventhub.parse(full, context), {
    kind: 'ok',
    value: {
      time: Date.UTC(2026, 10, 22, 3, 23, 24),
      timeKind: 'logged',
      status: 200,
      identities: [{ kind: 'subscription', value: 'sub-acme' }],
      requestId: 'a1b2c3d4',
      deprecation: '@1688169599',
    },
  })
  const { StatusCode, ...inbound } = full
  t.equal(StatusCode, 200)
  t.same(azureEventhub.parse(inbound, context), { kind: 'unparsed', reason: 'no-status' })
})

t.test('dates as .NET prints them are read as UTC, whatever the hour', async t => {
  t.equal(usTime('11/22/2026 12:00:01 AM'), Date.UTC(2026, 10, 22, 0, 0, 1))
  t.equal(usTime('1/2/2026 12:30:00 PM'), Date.UTC(2026, 0, 2, 12, 30))
  t.equal(usTime('1/2/2026 11:30:00 PM'), Date.UTC(2026, 0, 2, 23, 30))
  t.equal(usTime('11/22/2026 15:23:24'), Date.UTC(2026, 10, 22, 15, 23, 24))
  for (const odd of [
    '13/22/2026 3:23:24 AM',
    '11/22/2026 13:23:24 AM',
    '11/22/2026 3:61:24 AM',
    '',
    '11/31/2026 3:23:24 AM',
  ])
    t.ok(Number.isNaN(usTime(odd)), odd)
})
