import t from 'tap'
import { LcError } from '../../../services/domain/errors.ts'
import { told } from '../../../test/told.ts'
import { haproxyLogFormat } from './haproxy-log-format.ts'

const context = { zone: 'Europe/Berlin', envelopeTime: 0, received: 0 }
const read = (layout: string, line: string) => told(haproxyLogFormat(layout).parse(line, context))
const CONFIGURATION = `
    option httplog
    capture request header User-Agent len 128
    capture request header X-Api-Key len 64
    capture request header Host len 64
    capture response header Deprecation len 64
`
const HTTPLOG =
  '203.0.113.9:56114 [22/Nov/2026:03:23:24.892] fe~ be/s1 0/0/3/1/4 200 240 - - ---- 1/1/0/0/0 0/0 {M#C3#B6nitor|SECRET-KEY|api.example.com} {@1688169599} "GET /v1/orders HTTP/1.1"'

t.test('capture lines of haproxy.cfg give the captured headers their names', async t => {
  t.hasStrict(read(CONFIGURATION, HTTPLOG), {
    kind: 'ok',
    value: {
      time: Date.parse('2026-11-22T02:23:24.892Z'),
      timeKind: 'start',
      durationMs: 4,
      method: 'GET',
      target: '/v1/orders',
      host: 'api.example.com',
      status: 200,
      agent: 'Mönitor',
      clientIp: '203.0.113.9',
      deprecation: '@1688169599',
      requestHeaders: { 'x-api-key': 'SECRET-KEY' },
      truncated: false,
    },
  })
})

t.test('without captures the two blocks are not written, nor their blanks', async t => {
  const bare = HTTPLOG.replace(/ \{.*\}/, '')
  t.hasStrict(read('option httplog', bare), { kind: 'ok', value: { target: '/v1/orders', requestHeaders: undefined } })
})

t.test('response captures alone are the only block', async t => {
  t.hasStrict(read('option httplog\ncapture response header Sunset len 64', HTTPLOG.replace(/\{M.*com\} /, '')), {
    value: { sunset: '@1688169599', requestHeaders: undefined },
  })
})

t.test('without names captures keep their positions', async t => {
  t.hasStrict(read('option httplog', HTTPLOG), {
    value: { requestHeaders: { 'capture.req.hdr-1': 'SECRET-KEY', 'capture.res.hdr-0': '@1688169599' } },
  })
})

t.test('a log-format may be quoted or have its blanks escaped', async t => {
  const line = '203.0.113.9 [22/Nov/2026:03:23:24.892] 200 "GET /v1 HTTP/1.1"'
  for (const layout of [
    'log-format "%ci [%tr] %ST %{+Q}r"',
    'log-format %ci\\ [%tr]\\ %ST\\ %{+Q}r',
    '%ci [%tr] %ST %{+Q}r',
    "log-format '%ci [%tr] %ST %{+Q}r'",
    '%ci   [%tr]  %ST %{+Q}r',
  ])
    t.hasStrict(read(layout, line), { kind: 'ok', value: { target: '/v1', clientIp: '203.0.113.9' } }, layout)
})

t.test('the CLF variant of httplog is read', async t => {
  const line =
    '203.0.113.9 - - [22/Nov/2026:03:23:24 +0000] "GET /v1 HTTP/1.1" 200 240 "" "" 56114 892 "fe" "be" "s1" 0 0 3 1 4 "----" 1 1 0 0 0 0 0 "" "" "curl" "x"'
  t.hasStrict(read('option httplog clf', line), {
    value: { time: Date.parse('2026-11-22T03:23:24.892Z'), target: '/v1', status: 200, durationMs: 4 },
  })
})

t.test('method and URI apart, epoch and milliseconds apart', async t => {
  t.hasStrict(read('%Ts.%ms %HM %HU %ST %Ta', '1795317804.892 GET /v1?a=b 200 37'), {
    value: { time: 1_795_317_804_892, method: 'GET', target: '/v1?a=b', durationMs: 37 },
  })
  t.hasStrict(read('%Ts %HM %HP%HQ %ST', '1795317804 GET /v1?a=b 200'), { value: { target: '/v1?a=b' } })
})

t.test('sample expressions come out as what they fetch', async t => {
  const layout =
    '%Ts %{+Q}r %ST %[req.hdr(x-api-key),lower] %[var(txn.consumer)] %[res.fhdr(Deprecation)] %[req.hdr(Host)] %[src]'
  t.hasStrict(read(layout, '1795317804 "GET / HTTP/1.1" 200 SECRET acme @1688169599 api.example.com 203.0.113.9'), {
    value: {
      requestHeaders: { 'x-api-key': 'SECRET', 'var-txn.consumer': 'acme' },
      deprecation: '@1688169599',
      host: 'api.example.com',
      clientIp: '203.0.113.9',
    },
  })
  t.hasStrict(
    read(`${CONFIGURATION}log-format "%Ts %r %ST %[capture.req.hdr(0)]|"`, '1795317804 GET / HTTP/1.1 200 curl/8|'),
    {
      value: { agent: 'curl/8' },
    },
  )
})

t.test('a header of syslog in a file is passed over', async t => {
  t.hasStrict(read(CONFIGURATION, `Nov 22 03:23:24 edge haproxy[31625]: ${HTTPLOG}`), {
    kind: 'ok',
    value: { status: 200 },
  })
})

t.test('bad requests are none, cut ones are salvaged', async t => {
  t.same(read(CONFIGURATION, HTTPLOG.replace('GET /v1/orders HTTP/1.1', '<BADREQ>')), {
    kind: 'unparsed',
    reason: 'no-request',
  })
  const long = `/v1/orders?a=1&b=${'x'.repeat(1000)}`
  for (const cut of [`"GET ${long}`, `"GET ${long}"`])
    t.hasStrict(read(CONFIGURATION, HTTPLOG.replace('"GET /v1/orders HTTP/1.1"', cut)), {
      kind: 'ok',
      value: { target: '/v1/orders?a=1', truncated: true },
    })
})

t.test('faults name the character they mean', async t => {
  const fault = (layout: string) => {
    try {
      haproxyLogFormat(layout)
      return 'none'
    } catch (error) {
      return error instanceof LcError ? `${error.code} ${error.message.split(':')[0]}` : String(error)
    }
  }
  t.equal(fault('%r %ST %zz'), 'LC_LAYOUT_UNKNOWN layout, character 8')
  t.equal(fault('log-format "%r %ST %zz"'), 'LC_LAYOUT_UNKNOWN layout, character 20')
  t.equal(fault('%{+json}o %r %ST'), 'LC_LAYOUT_UNSUPPORTED layout, character 1')
  t.equal(fault('%HM%HU %ST'), 'LC_LAYOUT_AMBIGUOUS layout, character 4')
  t.equal(fault('%r %ST %[var(txn.x'), 'LC_LAYOUT_SYNTAX layout, character 9')
  t.equal(fault('%r %ST %{+Q'), 'LC_LAYOUT_SYNTAX layout, character 9')
  t.equal(fault('%r %ST %'), 'LC_LAYOUT_SYNTAX layout, character 8')
  t.equal(fault('capture request header Host len 10'), 'LC_LAYOUT_SYNTAX layout, character 1')
  t.equal(fault('%ci %r'), 'LC_LAYOUT_INCOMPLETE layout')
})
