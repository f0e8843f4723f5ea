import t from 'tap'
import { told } from '../../test/told.ts'
import { haproxy } from './haproxy.ts'

const context = { zone: 'Europe/Berlin', envelopeTime: 0, received: 0 }
const read = (line: string) => told(haproxy.parse(line, context))
const line = (rest: string, head = '203.0.113.9:56114') =>
  `${head} [22/Nov/2026:03:23:24.892] fe~ be/s1 0/0/3/1/4 200 240 - - ---- 1/1/0/0/0 0/0 ${rest}`

t.test('an httplog line is a call from its start, in the zone of the source', async t => {
  t.hasStrict(read(line('"GET /v1/orders?limit=10 HTTP/1.1"')), {
    kind: 'ok',
    value: {
      time: Date.parse('2026-11-22T02:23:24.892Z'),
      timeKind: 'start',
      method: 'GET',
      target: '/v1/orders?limit=10',
      status: 200,
      durationMs: 4,
      clientIp: '203.0.113.9',
      requestHeaders: undefined,
      truncated: false,
    },
  })
})

t.test('captured headers come out by their position, bytes unescaped', async t => {
  t.hasStrict(read(line('{M#C3#B6nitor evil#22agent|SECRET-KEY} {@1688169599} "GET /v1 HTTP/1.1"')), {
    kind: 'ok',
    value: {
      requestHeaders: {
        'capture.req.hdr-0': 'Mönitor evil"agent',
        'capture.req.hdr-1': 'SECRET-KEY',
        'capture.res.hdr-0': '@1688169599',
      },
    },
  })
})

t.test('a backslash in a path is data, a hash escape is a byte', async t => {
  t.hasStrict(read(line('"GET /v1/caf#C3#A9\\x22 HTTP/1.1"')), { value: { target: '/v1/café\\x22' } })
})

t.test('a syslog header before the line is passed over', async t => {
  for (const head of [
    'Nov 22 03:23:24 edge haproxy[31625]: 203.0.113.9:56114',
    '<134>Nov 22 03:23:24 haproxy[31625]: 203.0.113.9:56114',
    '<134>1 2026-11-22T03:23:24.896547+00:00 - haproxy 31625 - - 203.0.113.9:56114',
    '2026-11-22T03:23:24.896547+00:00 edge haproxy[7]: 203.0.113.9:56114',
  ]) {
    t.ok(haproxy.recognises(line('"GET / HTTP/1.1"', head)), head)
    t.hasStrict(read(line('"GET / HTTP/1.1"', head)), { kind: 'ok', value: { clientIp: '203.0.113.9' } })
  }
})

t.test('an IPv6 client keeps its address and loses its port', async t => {
  t.hasStrict(read(line('"GET / HTTP/1.1"', '2001:db8::7:56114')), { value: { clientIp: '2001:db8::7' } })
})

t.test('httpslog adds fields behind the request, which change nothing', async t => {
  t.hasStrict(read(line('"GET /v1 HTTP/2.0" 0/0/0/0/0 api.example.com/TLSv1.3/TLS_AES_256_GCM_SHA384')), {
    kind: 'ok',
    value: { target: '/v1', truncated: false },
  })
})

t.test('a request cut at 1024 bytes is salvaged without its half parameter', async t => {
  const long = `"GET /v1/long?limit=10&q=${'a'.repeat(1000)}`
  for (const cut of [line(long), line(`${long}"`)])
    t.hasStrict(read(cut), { kind: 'ok', value: { target: '/v1/long?limit=10', truncated: true } })
  t.same(read(line(`"GET /v1/lo`)), { kind: 'unparsed', reason: 'no-request' }, 'half a path is no path')
})

t.test('garbage is no request, and the status of an aborted one is none', async t => {
  t.same(read(line('"<BADREQ>"')), { kind: 'unparsed', reason: 'no-request' })
  t.hasStrict(read(line('"GET / HTTP/1.1"').replace(' 200 ', ' -1 ').replace('/4 ', '/-1 ')), {
    kind: 'ok',
    value: { status: 0, durationMs: 0 },
  })
  t.hasStrict(read(line('"GET / HTTP/1.1"').replace('/4 ', '/+4 ')), { value: { durationMs: 4 } }, 'logasap')
})

t.test('connections that failed and TCP sessions are not requests', async t => {
  for (const other of [
    '192.168.1.4:50033 [28/Feb/2025:02:43:10.123] frontend/backend: SSL handshake failure (error:0A0000C1)',
    'Connect from 10.0.1.2:33312 to 10.0.3.31:8012 (www/HTTP)',
    '192.168.1.4:50034 [28/Feb/2025:02:43:11.234] tcp-in tcp-out/s1 0/0/5007 212 -- 0/0/0/0/3 0/0',
  ]) {
    t.ok(haproxy.recognises(other))
    t.same(read(other), { kind: 'drop', reason: 'not-a-request' })
  }
})

t.test('lines of other writers are not HAProxy’s', async t => {
  for (const other of [
    '203.0.113.9 - - [22/Nov/2026:03:23:24 +0000] "GET / HTTP/1.1" 200 11 "-" "-"',
    'noise [22/Nov/2026:03:23:24.892] fe be/s1 0/0/3/1/4 200',
    '',
  ]) {
    t.notOk(haproxy.recognises(other))
    t.same(read(other), { kind: 'unparsed', reason: 'unknown-format' })
  }
})
