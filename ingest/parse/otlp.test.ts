import t from 'tap'
import { headerOf } from '../../services/domain/raw-call.ts'
import { otlp } from './otlp.ts'
import { attributesOf, plainValue } from './otlp-values.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const text = (key: string, value: string) => ({ key, value: { stringValue: value } })
const list = (key: string, value: string) => ({ key, value: { arrayValue: { values: [{ stringValue: value }] } } })
const record = {
  timeUnixNano: '1795317804598000000',
  observedTimeUnixNano: '1795317804612345678',
  body: { stringValue: 'GET /v1/orders/42' },
  attributes: [
    text('http.request.method', 'GET'),
    text('url.path', '/v1/orders/42'),
    text('url.query', 'limit=10&apikey=SECRET'),
    text('http.route', '/v1/orders/{id}'),
    { key: 'http.response.status_code', value: { intValue: '200' } },
    text('server.address', 'api.example.com'),
    text('client.address', '203.0.113.9'),
    text('user_agent.original', 'curl/8.5.0'),
    list('http.request.header.x-api-key', 'SECRET'),
    list('http.response.header.deprecation', '@1688169599'),
    { key: 'http.server.request.duration', value: { doubleValue: 0.003 } },
    text('enduser.id', 'ann'),
  ],
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
}

t.test('a record with the stable conventions is a call with its route', async t => {
  t.equal(otlp.recognises(record), true)
  const outcome = otlp.parse(record, context)
  t.match(outcome, {
    kind: 'ok',
    value: {
      time: 1795317804598,
      timeKind: 'logged',
      method: 'GET',
      target: '/v1/orders/42?limit=10&apikey=SECRET',
      route: '/v1/orders/{id}',
      host: 'api.example.com',
      status: 200,
      durationMs: 3,
      identities: [{ kind: 'user', value: 'ann' }],
      deprecation: '@1688169599',
      requestId: '5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174',
    },
  })
  if (outcome.kind === 'ok') t.equal(headerOf(outcome.value, 'X-Api-Key'), 'SECRET')
})

t.test('the older names read the same, an odd method is the original one', async t => {
  const older = {
    timeUnixNano: 1795317804598000000,
    attributes: [
      text('http.method', 'GET'),
      text('http.target', '/v1/orders'),
      { key: 'http.status_code', value: { intValue: 404 } },
      text('http.host', 'api.example.com'),
    ],
  }
  t.match(otlp.parse(older, context), {
    kind: 'ok',
    value: { status: 404, target: '/v1/orders', host: 'api.example.com' },
  })
  const odd = {
    ...older,
    attributes: [
      text('http.request.method_original', 'PURGE'),
      ...older.attributes,
      text('http.request.method', '_OTHER'),
    ],
  }
  t.match(otlp.parse(odd, context), { value: { method: 'PURGE' } })
})

t.test('a body that is a list of fields is read where the attributes name no request', async t => {
  const body = {
    kvlistValue: {
      values: [text('method', 'GET'), text('path', '/v2/orders'), { key: 'response_code', value: { intValue: '200' } }],
    },
  }
  const value = { timeUnixNano: '0', observedTimeUnixNano: '1795317804700000000', body, attributes: [] }
  t.equal(otlp.recognises(value), true)
  t.match(otlp.parse(value, context), {
    kind: 'ok',
    value: { time: 1795317804700, timeKind: 'logged', target: '/v2/orders', status: 200, host: '' },
  })
})

t.test('an application log record is not of this format', async t => {
  t.equal(otlp.recognises({ timeUnixNano: '1', body: { stringValue: 'x' }, attributes: [text('a', 'b')] }), false)
  t.equal(otlp.recognises({ attributes: record.attributes }), false)
  t.same(otlp.parse({}, context), { kind: 'unparsed', reason: 'no-request' })
})

t.test('attribute lists of any shape become plain values, an evil key a key like others', async t => {
  const plain = attributesOf([text('__proto__', 'x'), { key: 7 }, null, 'x', { key: 'b', value: { boolValue: true } }])
  t.same(Object.entries(plain), [
    ['__proto__', 'x'],
    ['b', true],
  ])
  t.equal(plainValue({ bytesValue: 'AAAA' }), undefined)
  let deep: unknown = { stringValue: 'x' }
  for (let i = 0; i < 1000; i++) deep = { arrayValue: { values: [deep] } }
  t.doesNotThrow(() => plainValue(deep))
})
