import t from 'tap'
import { TEXT_SPECIMENS } from '../../test/text-specimens.ts'
import { told } from '../../test/told.ts'
import { graviteeCsv } from './gravitee-csv.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const read = (line: string) => told(graviteeCsv.parse(line, context))
const [v4 = '', v2 = ''] = TEXT_SPECIMENS.get('gravitee-csv') ?? []

t.test('v4 metrics are a call with application, subscription and the key', async t => {
  t.hasStrict(read(v4), {
    kind: 'ok',
    value: {
      time: 1_795_317_804_598,
      timeKind: 'start',
      method: 'GET',
      target: '/v1/orders/42',
      host: 'api.example.com',
      status: 200,
      durationMs: 144,
      agent: 'curl/8.5.0',
      clientIp: '203.0.113.9',
      requestId: '076aea69',
      identities: 'app:91f077b0 subscription:318e47e5',
      apiKey: 'SECRET-KEY',
      truncated: false,
    },
  })
})

t.test('v2 metrics have a column less and mean the same', async t => {
  t.hasStrict(read(v2), {
    kind: 'ok',
    value: { host: 'api.example.com', agent: 'curl/8.5.0', durationMs: 150, apiKey: 'SECRET-KEY', truncated: false },
  })
})

t.test('newer reporters write the API’s id in place of the token, which is no key', async t => {
  t.hasStrict(read(v4.replace('SECRET-KEY', '5f67b38f')), { value: { apiKey: '' } })
})

t.test('an OAuth client is a client, not a key', async t => {
  t.hasStrict(read(v4.replace('API_KEY', 'JWT').replace('SECRET-KEY', 'mobile-app')), {
    value: {
      apiKey: '',
      identities: 'app:91f077b0 subscription:318e47e5 client:mobile-app',
    },
  })
})

t.test('on a keyless plan nobody is named', async t => {
  const keyless = v4.replace('91f077b0', '1').replace('318e47e5', '203.0.113.9')
  t.hasStrict(read(keyless), { kind: 'ok', value: { identities: '', apiKey: '' } })
})

t.test('quotes and separators of a User-Agent do not end its column', async t => {
  t.hasStrict(read(v4.replace('curl/8.5.0', 'a ""b"";""c')), {
    value: { agent: 'a "b";"c', host: 'api.example.com', apiKey: 'SECRET-KEY' },
  })
})

t.test('quotes of a path stay in it', async t => {
  t.hasStrict(read(v4.replace('/v1/orders/42', '/v1/orders?q="x"')), {
    value: { target: '/v1/orders?q="x"', host: 'api.example.com' },
  })
})

t.test('a line cut behind the status keeps the call and takes no half key', async t => {
  const cut = v4.slice(0, v4.indexOf('SECRET-KEY') + 5)
  t.hasStrict(read(cut), { kind: 'ok', value: { truncated: true, apiKey: '', target: '/v1/orders/42' } })
  t.same(read(v4.slice(0, v4.indexOf('"GET"'))), { kind: 'unparsed', reason: 'no-request' })
})

t.test('other CSV is not Gravitee’s', async t => {
  for (const other of ['"a";"b";"c"', '"a";"b";1;"c"', 'a;b;c', '"', '']) t.notOk(graviteeCsv.recognises(other), other)
  t.same(read('"a";"b"'), { kind: 'unparsed', reason: 'unknown-format' })
})
