import t from 'tap'
import { TEXT_SPECIMENS } from '../../test/text-specimens.ts'
import { told } from '../../test/told.ts'
import { nginxProxyManager } from './nginx-proxy-manager.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const read = (line: string) => told(nginxProxyManager.parse(line, context))
const [proxy = '', standard = ''] = TEXT_SPECIMENS.get('nginx-proxy-manager') ?? []

t.test('a proxied request is a call with host and agent', async t => {
  t.hasStrict(read(proxy), {
    kind: 'ok',
    value: {
      time: Date.parse('2026-11-22T03:23:24Z'),
      timeKind: 'end',
      method: 'GET',
      target: '/v1/orders/42?apikey=SECRET',
      host: 'api.example.com',
      status: 200,
      agent: 'curl/8.5.0',
      clientIp: '203.0.113.9',
      truncated: false,
    },
  })
})

t.test('the standard layout has the status alone', async t => {
  t.hasStrict(read(standard), { kind: 'ok', value: { method: 'DELETE', status: 404, agent: 'okhttp/4.12.0' } })
})

t.test('the last status is the client’s, whatever upstreams answered', async t => {
  t.hasStrict(read(proxy.replace('- 200 200 -', 'MISS 502, 200 200 -')), { value: { status: 200 } })
  t.hasStrict(read(proxy.replace('- 200 200 -', '- - 444 -')), { value: { status: 444 } })
})

t.test('a path with quotes and dashes ends where the client begins', async t => {
  t.hasStrict(read(proxy.replace('/v1/orders/42?apikey=SECRET', '/a - b\\x22 \\x22c')), {
    value: { target: '/a - b" "c', host: 'api.example.com' },
  })
})

t.test('a line cut in its query or agent is salvaged', async t => {
  t.hasStrict(read(proxy.slice(0, proxy.indexOf('SECRET') + 3)), {
    kind: 'ok',
    value: { target: '/v1/orders/42', truncated: true },
  })
  t.hasStrict(read(proxy.slice(0, proxy.indexOf('curl') + 2)), { kind: 'ok', value: { agent: '', truncated: true } })
  t.same(read(proxy.slice(0, proxy.indexOf('/v1/') + 5)), { kind: 'unparsed', reason: 'no-request' })
})

t.test('error lines and other writers are another format', async t => {
  for (const other of [
    '2022/01/24 16:33:06 [error] 334#334: *338 user "toto": password mismatch, client: 1.2.3.4',
    '[22/Nov/2026:03:23:24 +0000] something else',
    '[2026-11-22T03:23:24.892Z] "GET / HTTP/2" 200',
  ])
    t.notOk(nginxProxyManager.recognises(other), other)
  t.same(read('[x'), { kind: 'unparsed', reason: 'unknown-format' })
})
