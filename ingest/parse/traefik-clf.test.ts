import t from 'tap'
import { TEXT_SPECIMENS } from '../../test/text-specimens.ts'
import { told } from '../../test/told.ts'
import { traefikClf } from './traefik-clf.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const read = (line: string) => told(traefikClf.parse(line, context))
const [line = '', own = ''] = TEXT_SPECIMENS.get('traefik-clf') ?? []

t.test('a line is a call from its start', async t => {
  t.hasStrict(read(line), {
    kind: 'ok',
    value: {
      time: Date.parse('2026-11-22T03:23:24Z'),
      timeKind: 'start',
      durationMs: 12,
      method: 'GET',
      target: '/v1/orders/42',
      status: 200,
      agent: 'curl/8.5.0',
      clientIp: '203.0.113.9',
      host: '',
      truncated: false,
    },
  })
})

t.test('what Traefik answered itself has no status of the service and proves no user', async t => {
  t.hasStrict(read(own), { kind: 'ok', value: { status: 0, requestHeaders: undefined, agent: '' } })
})

t.test('the user counts where the source trusts it', async t => {
  t.hasStrict(read(line.replace('- - [', '- acme [')), { value: { requestHeaders: { 'remote-user': 'acme' } } })
})

t.test('an agent with quotes, escaped or not, is read whole', async t => {
  t.hasStrict(read(line.replace('curl/8.5.0', 'a \\"b\\" c')), { value: { agent: 'a "b" c' } })
  t.hasStrict(read(line.replace('curl/8.5.0', 'a "b" c')), { value: { agent: 'a "b" c', status: 200 } })
})

t.test('routers that hand over to routers have blanks in their names', async t => {
  t.hasStrict(read(line.replace('orders@docker', 'root@docker -> leaf@docker')), {
    value: { agent: 'curl/8.5.0', durationMs: 12 },
  })
})

t.test('a forwarded list in place of the client is no host', async t => {
  t.hasStrict(read(line.replace('203.0.113.9 -', '198.51.100.7, 203.0.113.9 -')), { kind: 'ok', value: { host: '' } })
})

t.test('combined lines are another format', async t => {
  const combined = line.slice(0, line.indexOf(' 500 "'))
  for (const other of [combined, `${combined} 12ms`, `${combined} "x" 12ms`, `${combined} x "r" "s" 12ms`])
    t.notOk(traefikClf.recognises(other), other)
})

t.test('a line cut behind the status keeps the call', async t => {
  t.hasStrict(read(line.slice(0, line.indexOf(' 500 "'))), { kind: 'ok', value: { truncated: true, durationMs: 0 } })
})
