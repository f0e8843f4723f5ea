import t from 'tap'
import { told } from '../../test/told.ts'
import { common } from './common.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const read = (line: string) => told(common.parse(line, context))
const line = '203.0.113.9 - - [22/Nov/2026:03:23:24 +0100] "GET /v1/orders/42?a=b HTTP/1.1" 200 1513'

t.test('a common line is a call at the logged instant, offset applied', async t => {
  t.hasStrict(read(line), {
    kind: 'ok',
    value: {
      time: Date.parse('2026-11-22T02:23:24Z'),
      timeKind: 'logged',
      method: 'GET',
      target: '/v1/orders/42?a=b',
      status: 200,
      host: '',
      clientIp: '203.0.113.9',
      identities: '',
      requestHeaders: undefined,
      truncated: false,
    },
  })
})

t.test('a virtual host in front is the host', async t => {
  t.hasStrict(read(`api.example.com:443 ${line}`), { value: { host: 'api.example.com:443', clientIp: '203.0.113.9' } })
})

t.test('a user is what the client sent: nobody, until the source trusts it', async t => {
  t.hasStrict(read(line.replace('- - [', '- jane doe [')), {
    value: { identities: '', requestHeaders: { 'remote-user': 'jane doe' } },
  })
})

t.test('no bytes sent is a dash', async t => {
  t.ok(common.recognises(line.replace('1513', '-')))
})

t.test('garbage on the port is no request', async t => {
  for (const request of ['\\x16\\x03\\x01', '-', 'NOT HTTP AT ALL', '']) {
    const garbage = line.replace('GET /v1/orders/42?a=b HTTP/1.1', request)
    t.ok(common.recognises(garbage), request)
    t.same(read(garbage), { kind: 'unparsed', reason: 'no-request' })
  }
})

t.test('what has fields behind the bytes is another format', async t => {
  for (const other of [
    `${line} "-" "curl/8.5.0"`,
    `${line} 0.012`,
    line.slice(0, -5),
    '[Thu Oct 13 12:24:49.880562 2022] [auth_basic:error] [pid 10] AH01618: user not found',
    '2021/12/01 13:53:33 [error] 31#31: *46 "x" is not found',
    '',
  ])
    t.notOk(common.recognises(other), other)
})

t.test('a line cut behind its status is a call, one cut in its path is not', async t => {
  t.hasStrict(read(line.slice(0, -5)), { kind: 'ok', value: { status: 200, truncated: true } })
  t.same(read(line.slice(0, -7)), { kind: 'unparsed', reason: 'no-status' })
  t.same(read(line.slice(0, line.indexOf('ders'))), { kind: 'unparsed', reason: 'no-request' })
  t.same(read('203.0.113.9 - -'), { kind: 'unparsed', reason: 'unknown-format' })
})

t.test('quotes in a request do not end it', async t => {
  const quoted = line.replace('/v1/orders/42?a=b', '/v1/\\"x\\" 200 5 ?a="b"')
  t.hasStrict(read(quoted), { kind: 'ok', value: { target: '/v1/"x" 200 5 ?a="b"' } })
})
