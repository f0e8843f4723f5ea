import t from 'tap'
import { cloudfront } from './cloudfront.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const read = (columns: readonly string[]) => cloudfront.parse(columns.join('\t'), context)
const columns =
  '2026-11-22 03:23:24 FRA50-P2 703 203.0.113.9 GET d1.cloudfront.net /v1/orders/42 200 - curl/8.5.0 limit=10 - Miss REQ== api.example.com https 62 0.113 - TLSv1.3 TLS_AES Miss HTTP/2.0 - - 51754 0.113 Miss application/json 20 - -'.split(
    ' ',
  )
const withColumn = (index: number, value: string) => columns.map((column, at) => (at === index ? value : column))

t.test('a row is a call at its end, asked of the host the viewer named', async t => {
  t.hasStrict(read(columns), {
    kind: 'ok',
    value: {
      time: Date.parse('2026-11-22T03:23:24Z'),
      timeKind: 'end',
      durationMs: 113,
      method: 'GET',
      target: '/v1/orders/42?limit=10',
      host: 'api.example.com',
      status: 200,
      agent: 'curl/8.5.0',
      clientIp: '203.0.113.9',
      requestId: 'REQ==',
      truncated: false,
    },
  })
})

t.test('the writer’s own layer of percent-encoding comes off, the client’s stays', async t => {
  t.hasStrict(read(withColumn(7, '/v1/caf%25C3%25A9/a%252Fb')), { value: { target: '/v1/caf%C3%A9/a%2Fb?limit=10' } })
  t.hasStrict(read(withColumn(10, 'Mozilla/5.0%20(X11;%20Linux)')), { value: { agent: 'Mozilla/5.0 (X11; Linux)' } })
  t.hasStrict(read(withColumn(10, 'Mozilla/5.0%2520(X11)')), { value: { agent: 'Mozilla/5.0 (X11)' } })
})

t.test('a viewer that went away has status 000, which is none', async t => {
  t.hasStrict(read(withColumn(8, '000')), { kind: 'ok', value: { status: 0 } })
})

t.test('without a viewer’s host the distribution’s name stands in', async t => {
  t.hasStrict(read(withColumn(15, '-')), { value: { host: 'd1.cloudfront.net' } })
})

t.test('header lines are no requests', async t => {
  for (const header of [
    '#Version: 1.0',
    '#Fields: date time x-edge-location sc-bytes c-ip cs-method',
    '#Fields: date\ttime\tx-edge-location\tsc-bytes',
  ]) {
    t.ok(cloudfront.recognises(header))
    t.same(cloudfront.parse(header, context), { kind: 'drop', reason: 'not-a-request' })
  }
  t.notOk(cloudfront.recognises('# a comment of another kind'))
})

t.test('older files with twelve columns are read as if they were cut', async t => {
  t.hasStrict(read(columns.slice(0, 12)), {
    kind: 'ok',
    value: { target: '/v1/orders/42', agent: 'curl/8.5.0', host: '', truncated: true },
  })
})

t.test('a row cut inside keeps method, path and status', async t => {
  t.hasStrict(read(columns.slice(0, 9)), { kind: 'ok', value: { target: '/v1/orders/42', truncated: true } })
  t.same(read(columns.slice(0, 8)), { kind: 'unparsed', reason: 'no-status' })
  t.same(read([...columns.slice(0, 5), 'GE']), { kind: 'unparsed', reason: 'no-request' })
})

t.test('other tab-separated lines are not CloudFront’s', async t => {
  for (const other of ['2026-11-22\tx', 'a\tb\tc', '2026-11-22 03:23:24\tFRA'])
    t.notOk(cloudfront.recognises(other), other)
})
