import t from 'tap'
import type { RawCall } from '../../services/domain/raw-call.ts'
import { recordOf } from '../records/record.ts'
import { aSource, RECEIVED, readBody } from './a-reading.ts'
import { FORMAT_BY_NAME, FORMATS } from './formats.ts'
import { createParser } from './parser.ts'

const LINE = '203.0.113.9 - - [22/Nov/2026:03:23:24 +0000] "GET /v1/orders/42 HTTP/1.1" 200 11 "-" "curl/8.5.0"'
const NGINX = {
  msec: '1795317804.598',
  method: 'GET',
  request_uri: '/v1/orders/42',
  status: '200',
  host: 'api.example.com',
}
const KONG = {
  request: { uri: '/v1/a', method: 'GET', headers: { host: 'h' } },
  response: { status: 200 },
  latencies: { request: 1 },
  started_at: 1726783839538,
}
const outcomes = (body: string | Buffer, over = {}) => readBody(body, over).outcomes

t.test('auto finds the format of every line, whatever came before', async t => {
  const lines = [LINE, JSON.stringify(NGINX), JSON.stringify(KONG), 'noise', '{"a":1}', LINE, JSON.stringify(KONG)]
  const found = [
    'combined ok',
    'nginx-json ok',
    'kong ok',
    ' unknown-format',
    ' unknown-format',
    'combined ok',
    'kong ok',
  ]
  t.same(outcomes(lines.join('\n')), found)
  t.same(outcomes([...lines].reverse().join('\n')), [...found].reverse())
})

t.test('a declared format reads only its own, also through envelopes', async t => {
  t.same(outcomes(LINE, { format: 'kong' }), [' unknown-format'])
  t.same(outcomes(JSON.stringify(KONG), { format: 'kong' }), ['kong ok'])
  t.same(outcomes(JSON.stringify({ log: JSON.stringify(KONG) }), { format: 'kong' }), ['kong ok'])
  t.same(outcomes(JSON.stringify({ log: LINE, date: 1 }), { format: 'combined' }), ['combined ok'])
  t.same(outcomes('{"method":"GET"}', { format: 'kong' }), ['kong not-a-request'])
})

t.test('a layout of one\u2019s own is compiled', async t => {
  const layout = '$remote_addr|$time_iso8601|$request_method $request_uri|$status'
  const reading = readBody('192.0.2.1|2026-11-22T03:23:24+00:00|GET /v1/a|204', { format: 'nginx-log-format', layout })
  t.match(reading.calls[0], { status: 204, target: '/v1/a', method: 'GET' })
})

t.test('a layout of one\u2019s own may look like JSON', async t => {
  const layout =
    '{"m":"$request_method","u":"$request_uri","s":$status,"t":"$time_iso8601","up":$upstream_response_time}'
  const reading = readBody('{"m":"GET","u":"/v1/a","s":204,"t":"2026-11-22T03:23:24+00:00","up":}\n', {
    format: 'nginx-log-format',
    layout,
  })
  t.match(reading.calls[0], { status: 204, target: '/v1/a', method: 'GET' })
})

t.test('a format that does not exist is a fault of the configuration', async t => {
  t.throws(() => createParser(aSource({ format: 'kongg' })), { code: 'LC_SOURCE_FORMAT', exit: 2 })
})

t.test('every format has a name of its own', async t => {
  t.equal(new Set(FORMATS.map(format => format.name)).size, FORMATS.length)
  for (const format of FORMATS) t.equal(FORMAT_BY_NAME.get(format.name), format)
})

t.test('what is no record of anybody is accounted for', async t => {
  t.same(outcomes('{"a":1}'), [' unknown-format'])
  t.same(outcomes('{"a":'), [' not-json'])
  t.same(outcomes('[1,2]'), [' unknown-format'], 'text')
  t.same(outcomes('[{"a":1},7,"x",null]'), [' unknown-format', ' unknown-format', ' unknown-format', ' unknown-format'])
  t.same(outcomes('hello'), [' unknown-format'])
  t.same(outcomes(''), [])
})

t.test('lines as elements of an array are lines', async t => {
  t.same(outcomes(JSON.stringify([LINE, JSON.stringify(NGINX)])), ['combined ok', 'nginx-json ok'])
})

t.test(
  'bad bytes, NUL, lone surrogates, doubled and hostile keys never throw and never take a neighbour along',
  async t => {
    const good = JSON.stringify(NGINX)
    for (const bad of [
      Buffer.from([0xff, 0xfe, 0x00]),
      Buffer.from('{"a":"\xff\xfe"}', 'latin1'),
      '{"a":"\\ud800","status":200}',
      '\0\0\0',
      '{"__proto__":{"status":200},"request_uri":"/x","msec":1}',
      '{"constructor":1,"toString":{"a":1},"hasOwnProperty":1}',
      '{"status":200,"status":"x","uri":"/","msec":1}',
      `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      `{"log":${'{"log":'.repeat(5_000)}1${'}'.repeat(5_000)}}`,
      `{"scopeLogs":${'[{"scopeLogs":'.repeat(5_000)}1${'}]'.repeat(5_000)}}`,
      `{"message":"${'\\u0000'.repeat(100)}"}`,
    ]) {
      const body = Buffer.concat([Buffer.from(`${good}\n`), Buffer.from(bad), Buffer.from(`\n${good}\n`)])
      const found = outcomes(body)
      t.equal(found.length, 3, String(bad).slice(0, 60))
      t.equal(found[0], 'nginx-json ok')
      t.equal(found[2], 'nginx-json ok')
    }
  },
)

t.test('a last key wins where a key is doubled, as in JSON.parse', async t => {
  t.match(readBody('{"status":200,"status":404,"uri":"/","method":"GET","msec":1795317804.5}').calls[0], {
    status: 404,
  })
})

t.test('years 0001 and 9999 and a path of 100,000 characters are read as they are', async t => {
  const at = (year: string) =>
    readBody(JSON.stringify({ ...NGINX, msec: undefined, time_iso8601: `${year}-01-01T00:00:00Z` })).calls[0]?.time
  t.equal(at('0001'), Date.parse('0001-01-01T00:00:00Z'))
  t.equal(at('9999'), Date.parse('9999-01-01T00:00:00Z'))
  t.equal(
    readBody(JSON.stringify({ ...NGINX, request_uri: `/${'x'.repeat(100_000)}` })).calls[0]?.target.length,
    100_001,
  )
})

t.test('a line of 10 MB is one line that is too long, between its neighbours', async t => {
  t.same(outcomes(`${LINE}\n${'x'.repeat(10_000_000)}\n${LINE}\n`), ['combined ok', ' too-long', 'combined ok'])
  t.same(outcomes(`${LINE}\n{"a":"${'x'.repeat(10_000_000)}"}\n${LINE}\n`), ['combined ok', ' too-long', 'combined ok'])
})

t.test('records cut short at the usual lengths are salvaged where method, path and status are whole', async t => {
  for (const length of [1_024, 8_192, 65_507]) {
    const nginx = JSON.stringify({ ...NGINX, junk: 'j'.repeat(length) }).slice(0, length)
    const kong = JSON.stringify({ ...KONG, upstream_uri: 'u'.repeat(length) }).slice(0, length)
    const line = LINE.replace('curl', 'c'.repeat(length)).slice(0, length)
    for (const record of [nginx, kong, line, `<190>Nov 22 03:23:24 vm nginx: ${nginx}`.slice(0, length)]) {
      const calls = readBody(record).calls
      t.match(calls[0], { truncated: true, status: 200 }, record.slice(0, 40))
    }
    const late = JSON.stringify({ junk: 'j'.repeat(length), ...KONG }).slice(0, length)
    t.same(outcomes(late), [' not-json'])
  }
})

t.test('a datagram is a record without its line end', async t => {
  const calls: RawCall[] = []
  createParser(aSource()).parse(
    recordOf(Buffer.from(`<190>Nov 22 03:23:24 vm nginx: ${LINE}\r\n`)),
    RECEIVED,
    (_, outcome) => {
      if (outcome.kind === 'ok') calls.push(outcome.value)
    },
  )
  t.equal(calls.length, 1)
})

t.test('pretty JSON, glued JSON and a byte order mark change nothing', async t => {
  t.same(outcomes(JSON.stringify(KONG, undefined, 2)), ['kong ok'])
  t.same(outcomes(`\ufeff${JSON.stringify(NGINX)}${JSON.stringify(KONG)}`), ['nginx-json ok', 'kong ok'])
})
