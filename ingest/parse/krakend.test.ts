import t from 'tap'
import { told } from '../../test/told.ts'
import { goDuration, krakend } from './krakend.ts'

const context = { zone: 'Europe/Berlin', envelopeTime: 0, received: 0 }
const read = (line: string) => told(krakend.parse(line, context))
const line = '[GIN] 2026/11/22 - 03:23:24 | 200 |     1.2345s |    203.0.113.9 | GET      "/v1/orders/42?apikey=SECRET"'

t.test('a gin line is a call at its end, local in the zone of the source', async t => {
  t.hasStrict(read(line), {
    kind: 'ok',
    value: {
      time: Date.parse('2026-11-22T02:23:24Z'),
      timeKind: 'end',
      durationMs: 1235,
      method: 'GET',
      target: '/v1/orders/42?apikey=SECRET',
      status: 200,
      clientIp: '203.0.113.9',
      host: '',
      agent: '',
    },
  })
})

t.test('durations are read in Go’s words', async t => {
  for (const [text, ms] of [
    ['4.529µs', 0],
    ['37.6ms', 38],
    ['1.2345s', 1235],
    ['1m2.5s', 62_500],
    ['1h0m1s', 3_601_000],
    ['123ns', 0],
    ['s', 0],
    ['', 0],
    ['12', 0],
    ['1.2.3s', 0],
  ] as const)
    t.equal(goDuration(text), ms, text)
})

t.test('colours of a terminal are passed over', async t => {
  const coloured = line
    .replace(' 200 ', '\u001b[97;42m 200 \u001b[0m')
    .replace(' GET     ', '\u001b[97;44m GET     \u001b[0m')
  t.hasStrict(read(coloured), { kind: 'ok', value: { status: 200, method: 'GET' } })
})

t.test('a quoted path keeps its quotes and bytes', async t => {
  t.hasStrict(read(line.replace('/v1/orders/42?apikey=SECRET', '/v1/a\\"b\\xff')), {
    value: { target: '/v1/a"b\ufffd' },
  })
})

t.test('what else stands in the stream is no request', async t => {
  for (const other of [
    'Error #01: invalid status code',
    '[KRAKEND] 2026/11/22 - 03:23:24.001 ▶ INFO Listening',
    '[GIN-debug] GET /v1 --> main.handler (3 handlers)',
  ]) {
    t.ok(krakend.recognises(other))
    t.same(read(other), { kind: 'drop', reason: 'not-a-request' })
  }
  t.notOk(krakend.recognises('Error #1: x'))
  t.same(read('hello'), { kind: 'unparsed', reason: 'unknown-format' })
})

t.test('a line cut in its query keeps the path', async t => {
  t.hasStrict(read(line.slice(0, -4)), { kind: 'ok', value: { target: '/v1/orders/42', truncated: true } })
  t.same(read(line.slice(0, 80)), { kind: 'unparsed', reason: 'no-request' })
})
