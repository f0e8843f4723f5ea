import t from 'tap'
import { LcError } from '../../../services/domain/errors.ts'
import { told } from '../../../test/told.ts'
import { apacheLogFormat } from './apache-log-format.ts'

const context = { zone: 'Europe/Berlin', envelopeTime: 0, received: 0 }
const read = (layout: string, line: string) => told(apacheLogFormat(layout).parse(line, context))
const START = '[22/Nov/2026:03:23:24 +0100]'

t.test('a LogFormat directive reads its lines, quotes escaped or not', async t => {
  const line = `api.example.com:443 203.0.113.9 - jane ${START} "GET /v1/orders HTTP/1.1" 200 1513 "-" "a \\"b\\""`
  const format = '%v:%p %h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"'
  for (const layout of [`LogFormat "${format}" vhost_combined`, format, format.replaceAll('\\', '')])
    t.hasStrict(read(layout, line), {
      kind: 'ok',
      value: {
        time: Date.parse('2026-11-22T02:23:24Z'),
        timeKind: 'start',
        host: 'api.example.com:443',
        clientIp: '203.0.113.9',
        target: '/v1/orders',
        status: 200,
        agent: 'a "b"',
        identities: 'user:jane',
      },
    })
})

t.test('CustomLog carries its format behind the file', async t => {
  t.hasStrict(read('CustomLog "logs/access_log" "%t %r %>s"', `${START} GET / HTTP/1.1 204`), {
    kind: 'ok',
    value: { status: 204 },
  })
})

t.test('a time may be spread over several fields', async t => {
  const layout = '%{%Y-%m-%d}t %{%T}t.%{msec_frac}t%{%z}t %m %U%q %>s'
  t.hasStrict(read(layout, '2026-11-22 03:23:24.892+0100 GET /a?b=c 200'), {
    value: { time: Date.parse('2026-11-22T02:23:24.892Z'), target: '/a?b=c' },
  })
  t.hasStrict(
    read('%{%d/%b/%Y %H:%M:%S}t.%{usec_frac}t "%r" %>s', '22/Nov/2026 03:23:24.892123 "GET / HTTP/1.1" 200'),
    {
      value: { time: Date.parse('2026-11-22T02:23:24.892Z') },
    },
  )
  t.hasStrict(read('%{msec}t "%r" %>s', '1795317804892 "GET / HTTP/1.1" 200'), { value: { time: 1_795_317_804_892 } })
  t.hasStrict(read('%{usec}t "%r" %>s', '1795317804892123 "GET / HTTP/1.1" 200'), {
    value: { time: 1_795_317_804_892 },
  })
  t.hasStrict(read('%{%s}t "%r" %>s', '1795317804 "GET / HTTP/1.1" 200'), { value: { time: 1_795_317_804_000 } })
})

t.test('a time that says end is an end', async t => {
  t.hasStrict(read('%{end:%FT%T%z}t "%r" %>s %D', '2026-11-22T03:23:24+0100 "GET / HTTP/1.1" 200 1500'), {
    value: { timeKind: 'end', durationMs: 2, time: Date.parse('2026-11-22T02:23:24Z') },
  })
})

t.test('durations are read in their unit', async t => {
  for (const [directive, text, ms] of [
    ['%D', '37600', 38],
    ['%{ms}T', '38', 38],
    ['%{us}T', '37600', 38],
    ['%T', '2', 2000],
  ] as const)
    t.hasStrict(read(`%t "%r" %>s ${directive}`, `${START} "GET / HTTP/1.1" 200 ${text}`), {
      value: { durationMs: ms },
    })
  t.hasStrict(read('%t "%r" %>s %T/%D', `${START} "GET / HTTP/1.1" 200 0/37600`), { value: { durationMs: 38 } })
})

t.test('the final status counts, and conditions and modifiers are read', async t => {
  t.hasStrict(
    read('%t "%r" %s %>s %!200,304{X-Api-Key}i %{X}^ti %^FB', `${START} "GET / HTTP/1.1" 302 200 SECRET - 12`),
    {
      value: { status: 200, requestHeaders: { 'x-api-key': 'SECRET' } },
    },
  )
})

t.test('the Host the client asked for beats the name of the virtual host', async t => {
  t.hasStrict(read('%v %{Host}i %t "%r" %>s', `default api.example.com ${START} "GET / HTTP/1.1" 200`), {
    value: { host: 'api.example.com' },
  })
})

t.test('a certificate counts when Apache verified it; notes and variables come out under their names', async t => {
  const layout = '%t "%r" %>s "%{SSL_CLIENT_S_DN}x" %{SSL_CLIENT_VERIFY}x %{consumer}n %{API_CLIENT}e %{UNIQUE_ID}e'
  t.hasStrict(read(layout, `${START} "GET / HTTP/1.1" 200 "CN=acme" SUCCESS acme-7 acme-8 Zx81`), {
    value: {
      identities: 'client:CN=acme',
      requestHeaders: { 'note.consumer': 'acme-7', 'env.api_client': 'acme-8' },
      requestId: 'Zx81',
    },
  })
  t.hasStrict(read(layout, `${START} "GET / HTTP/1.1" 200 "CN=acme" NONE - - -`), {
    value: { identities: '', requestHeaders: undefined, requestId: '' },
  })
})

t.test('tabs and percent signs are literal', async t => {
  t.hasStrict(read('%t\\t"%r"\\t%>s\\t100%%', `${START}\t"GET / HTTP/1.1"\t200\t100%`), {
    kind: 'ok',
    value: { status: 200 },
  })
})

t.test('faults name the character they mean', async t => {
  const fault = (layout: string) => {
    try {
      apacheLogFormat(layout)
      return 'none'
    } catch (error) {
      return error instanceof LcError ? `${error.code} ${error.message.split(':')[0]}` : String(error)
    }
  }
  t.equal(fault('%r %>s %~'), 'LC_LAYOUT_UNKNOWN layout, character 8')
  t.equal(fault('%r %>s %{%Q}t'), 'LC_LAYOUT_UNKNOWN layout, character 10')
  t.equal(fault('%h%l %r %>s'), 'LC_LAYOUT_AMBIGUOUS layout, character 3')
  t.equal(fault('%r %>s %{User'), 'LC_LAYOUT_SYNTAX layout, character 9')
  t.equal(fault('%r %>s %'), 'LC_LAYOUT_SYNTAX layout, character 8')
  t.equal(fault('LogFormat common'), 'LC_LAYOUT_SYNTAX layout, character 10')
  t.equal(fault('%t %h'), 'LC_LAYOUT_INCOMPLETE layout')
  t.equal(fault('  '), 'LC_LAYOUT_SYNTAX layout, character 1')
})
