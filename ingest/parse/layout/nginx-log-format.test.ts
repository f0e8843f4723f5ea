import t from 'tap'
import { LcError } from '../../../services/domain/errors.ts'
import { told } from '../../../test/told.ts'
import { nginxLogFormat } from './nginx-log-format.ts'

const context = { zone: 'Europe/Berlin', envelopeTime: 0, received: 0 }
const read = (layout: string, line: string) => told(nginxLogFormat(layout).parse(line, context))
const MAIN = `log_format main '$remote_addr - $remote_user [$time_local] "$request" '
                '$status $body_bytes_sent "$http_referer" '
                '"$http_user_agent" "$http_x_api_key"';`
const LINE =
  '203.0.113.9 - - [22/Nov/2026:03:23:24 +0100] "GET /v1/orders/42?a=b HTTP/1.1" 200 11 "-" "M\\xC3\\xB6n \\x22q\\x22" "SECRET-KEY"'

t.test('a directive pasted from nginx.conf reads its lines', async t => {
  t.hasStrict(read(MAIN, LINE), {
    kind: 'ok',
    value: {
      time: Date.parse('2026-11-22T02:23:24Z'),
      timeKind: 'end',
      method: 'GET',
      target: '/v1/orders/42?a=b',
      status: 200,
      agent: 'Mön "q"',
      clientIp: '203.0.113.9',
      requestHeaders: { 'x-api-key': 'SECRET-KEY' },
      truncated: false,
    },
  })
})

t.test('the bare format string means the same', async t => {
  const bare = '$remote_addr [$time_local] "$request" $status'
  t.hasStrict(read(bare, '203.0.113.9 [22/Nov/2026:03:23:24 +0100] "GET / HTTP/1.1" 200'), { kind: 'ok' })
  t.hasStrict(
    read(`"${bare.replaceAll('"', '\\"')}"`, '203.0.113.9 [22/Nov/2026:03:23:24 +0100] "GET / HTTP/1.1" 200'),
    {
      kind: 'ok',
    },
  )
})

t.test('of several clocks the finest counts', async t => {
  t.hasStrict(
    read(
      '$time_iso8601 $msec $request_method $request_uri $status',
      '2026-11-22T03:23:24+01:00 1795317804.892 GET / 200',
    ),
    {
      value: { time: 1_795_317_804_892 },
    },
  )
})

t.test('the time a request took brings it back to its start', async t => {
  t.hasStrict(read('$msec "$request" $status $request_time', '1795317804.892 "GET / HTTP/2.0" 200 0.123'), {
    value: { timeKind: 'end', durationMs: 123 },
  })
})

t.test('method, host and URI side by side make the request', async t => {
  t.hasStrict(
    read(
      '$msec $request_method $scheme://$host$request_uri $status',
      '1795317804.892 GET https://api.example.com/v1/a?b=c 200',
    ),
    { value: { method: 'GET', host: 'api.example.com', target: '/v1/a?b=c' } },
  )
})

t.test('a decoded path is encoded again, its arguments stay as they are', async t => {
  t.hasStrict(
    read('$msec $request_method $uri$is_args$args $status', '1795317804.892 GET /v1/50%/caf\\xC3\\xA9?b=%20 200'),
    {
      value: { target: '/v1/50%25/café?b=%20' },
    },
  )
  t.hasStrict(read('$msec $request_method $uri $args $status', '1795317804.892 GET /v1/a b=c 200'), {
    value: { target: '/v1/a?b=c' },
  })
  t.hasStrict(read('$msec "$request" $args $status', '1795317804.892 "GET /v1/a?b=c HTTP/1.1" b=c 200'), {
    value: { target: '/v1/a?b=c' },
  })
})

t.test('lists of upstreams end where the layout says', async t => {
  const layout = '$msec "$request" $upstream_addr $upstream_status $status $request_time'
  const rest = '1795317804.892 "GET / HTTP/1.1" '
  t.hasStrict(read(layout, `${rest}10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80 502, 502 : 200 200 0.123`), {
    value: { status: 200, durationMs: 123 },
  })
  t.hasStrict(read(layout, `${rest}- - 499 0.001`), { value: { status: 499 } })
})

t.test('a request without quotes is read by its protocol', async t => {
  t.hasStrict(read('$msec $request $status', '1795317804.892 GET /v1/a HTTP/1.1 404'), {
    value: { target: '/v1/a', status: 404 },
  })
})

t.test('escape=json and escape=none are undone as they were written', async t => {
  const json = `log_format j escape=json '{"t":"$msec","r":"$request","s":$status,"ua":"$http_user_agent"}';`
  t.hasStrict(read(json, '{"t":"1795317804.892","r":"GET /a HTTP/1.1","s":200,"ua":"a \\"b\\" \\u00e9 \\\\x"}'), {
    value: { agent: 'a "b" é \\x' },
  })
  t.hasStrict(
    read(
      `log_format n escape=none '$msec|$request|$status|$http_user_agent';`,
      '1795317804.892|GET /a HTTP/1.1|200|\\x41',
    ),
    {
      value: { agent: '\\x41' },
    },
  )
})

t.test('identity is only what nginx proves: claims it verified, a certificate it checked', async t => {
  const layout = '$msec "$request" $status $jwt_claim_sub "$ssl_client_s_dn" $ssl_client_verify'
  const rest = '1795317804.892 "GET / HTTP/1.1" 200 '
  t.hasStrict(read(layout, `${rest}user-7 "CN=acme,O=Acme" SUCCESS`), {
    value: {
      identities: 'user:user-7 client:CN=acme,O=Acme',
    },
  })
  t.hasStrict(read(layout, `${rest}- "CN=acme,O=Acme" FAILED:expired`), { value: { identities: '' } })
  t.hasStrict(read('$msec "$request" $status $remote_user', `${rest}jane`), {
    value: { identities: '', requestHeaders: { 'remote-user': 'jane' } },
  })
})

t.test('a variable of the operator’s own comes out under its name', async t => {
  t.hasStrict(read('$msec "$request" $status $api_client', '1795317804.892 "GET / HTTP/1.1" 200 acme'), {
    value: { requestHeaders: { $api_client: 'acme' } },
  })
})

t.test('response headers are seen by the audit', async t => {
  const layout =
    '$msec "$request" $status "$sent_http_deprecation" "$sent_http_sunset" "$sent_http_link" "$sent_http_x"'
  t.hasStrict(
    read(layout, '1795317804.892 "GET / HTTP/1.1" 200 "@1688169599" "Sun, 30 Jun 2024 23:59:59 GMT" "-" "SECRET"'),
    {
      value: {
        deprecation: '@1688169599',
        sunset: 'Sun, 30 Jun 2024 23:59:59 GMT',
        link: '',
        requestHeaders: undefined,
      },
    },
  )
})

t.test('a line cut short is salvaged, and half a value is nobody’s', async t => {
  t.hasStrict(read(MAIN, LINE.slice(0, -8)), {
    kind: 'ok',
    value: { truncated: true, status: 200, requestHeaders: undefined },
  })
  t.same(read(MAIN, LINE.slice(0, LINE.indexOf(' 200') + 3)), { kind: 'unparsed', reason: 'no-status' })
  t.same(read(MAIN, LINE.slice(0, LINE.indexOf('/orders') + 3)), { kind: 'unparsed', reason: 'no-request' })
  t.same(read(MAIN, 'something else'), { kind: 'unparsed', reason: 'unknown-format' })
  t.same(read(MAIN, LINE.replace('GET /v1/orders/42?a=b HTTP/1.1', '\\x16\\x03')), {
    kind: 'unparsed',
    reason: 'no-request',
  })
})

t.test('faults name the character they mean', async t => {
  const fault = (layout: string) => {
    try {
      nginxLogFormat(layout)
      return 'none'
    } catch (error) {
      return error instanceof LcError ? `${error.code} ${error.message.split(':')[0]}` : String(error)
    }
  }
  t.equal(fault('$request_method$request_uri $status'), 'LC_LAYOUT_AMBIGUOUS layout, character 16')
  t.equal(fault('$request $ $status'), 'LC_LAYOUT_SYNTAX layout, character 10')
  t.equal(fault('$request ${status'), 'LC_LAYOUT_SYNTAX layout, character 10')
  t.equal(fault("log_format x '$request $status;"), 'LC_LAYOUT_SYNTAX layout, character 14')
  t.equal(fault("log_format x escape=xml '$request $status';"), 'LC_LAYOUT_SYNTAX layout, character 14')
  t.equal(fault('log_format x'), 'LC_LAYOUT_SYNTAX layout, character 12')
  t.equal(fault('$status'), 'LC_LAYOUT_INCOMPLETE layout')
  t.equal(fault('$request'), 'LC_LAYOUT_INCOMPLETE layout')
  t.equal(fault(''), 'LC_LAYOUT_SYNTAX layout, character 1')
  t.match(fault('$request $status '.repeat(2000)), /^LC_LAYOUT_SYNTAX/)
  t.match(fault(`$request $status ${'$args '.repeat(200)}`), /^LC_LAYOUT_SYNTAX/)
})
