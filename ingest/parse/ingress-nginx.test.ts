import t from 'tap'
import { TEXT_SPECIMENS } from '../../test/text-specimens.ts'
import { told } from '../../test/told.ts'
import { ingressNginx } from './ingress-nginx.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const read = (line: string) => told(ingressNginx.parse(line, context))
const [line = '', retried = ''] = TEXT_SPECIMENS.get('ingress-nginx') ?? []

t.test('a line is a call at its end with the time the request took', async t => {
  t.hasStrict(read(line), {
    kind: 'ok',
    value: {
      time: Date.parse('2026-11-22T03:23:24Z'),
      timeKind: 'end',
      durationMs: 12,
      method: 'GET',
      target: '/v1/orders/42',
      status: 200,
      agent: 'curl/8.5.0',
      clientIp: '203.0.113.9',
      requestId: '0123456789abcdef0123456789abcdef',
      truncated: false,
    },
  })
})

t.test('a request tried on two upstreams is one call with the client’s status', async t => {
  t.hasStrict(read(retried), {
    kind: 'ok',
    value: { status: 502, durationMs: 5003, requestHeaders: { 'remote-user': 'acme' }, agent: '' },
  })
})

t.test('older releases without alternative upstream and id are read', async t => {
  const old = line.replace(' []', '').replace(/ [0-9a-f]{32}$/, '')
  t.ok(ingressNginx.recognises(old))
  t.hasStrict(read(old), { kind: 'ok', value: { requestId: '', durationMs: 12 } })
})

t.test('the address between brackets of old releases is the client, not a user', async t => {
  for (const [caller, headers] of [
    ['10.0.0.1 - [203.0.113.9] - -', undefined],
    ['10.0.0.1 - [203.0.113.9] - acme', { 'remote-user': 'acme' }],
  ] as const) {
    const old = line.replace('203.0.113.9 - -', caller)
    t.ok(ingressNginx.recognises(old))
    t.hasStrict(read(old), { kind: 'ok', value: { clientIp: '203.0.113.9', requestHeaders: headers } })
  }
})

t.test('nginx combined, with or without a forwarded address, is another format', async t => {
  const combined = line.slice(0, line.indexOf(' 345'))
  for (const other of [combined, `${combined} "198.51.100.7"`, `${combined} 345 0.012 x`])
    t.notOk(ingressNginx.recognises(other), other)
})

t.test('a line cut in its User-Agent keeps the call', async t => {
  t.hasStrict(read(line.slice(0, line.indexOf('curl') + 3)), { kind: 'ok', value: { agent: '', truncated: true } })
})
