import t from 'tap'
import { TEXT_SPECIMENS } from '../../test/text-specimens.ts'
import { told } from '../../test/told.ts'
import { envoyText } from './envoy-text.ts'
import { istioText } from './istio-text.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const read = (line: string) => told(envoyText.parse(line, context))
const [line = '', tcp = ''] = TEXT_SPECIMENS.get('envoy-text') ?? []
const [istio = '', istio17 = ''] = TEXT_SPECIMENS.get('istio-text') ?? []

t.test('a line of Envoy’s is a call from its start', async t => {
  t.hasStrict(read(line), {
    kind: 'ok',
    value: {
      time: Date.parse('2026-11-22T03:23:24.892Z'),
      timeKind: 'start',
      durationMs: 3,
      method: 'GET',
      target: '/v1/orders/42?apikey=SECRET',
      host: 'api.example.com',
      status: 200,
      agent: 'curl/8.5.0',
      clientIp: '203.0.113.9',
      requestId: '84961386-6d84-929d-98bd-c5aee93b5c88',
      truncated: false,
    },
  })
})

t.test('of a forwarded list the address that Envoy saw counts, not what the client claims', async t => {
  for (const [forwarded, clientIp] of [
    ['10.9.9.9, 203.0.113.9', '203.0.113.9'],
    ['10.9.9.9, [2001:db8::7]:54321', '[2001:db8::7]:54321'],
  ] as const)
    t.hasStrict(read(line.replace('"203.0.113.9"', `"${forwarded}"`)), { value: { clientIp } })
})

t.test('TCP rows and streams that ended early are no request', async t => {
  t.ok(envoyText.recognises(tcp))
  t.same(read(tcp), { kind: 'unparsed', reason: 'no-request' })
})

t.test('a client that went away got no response', async t => {
  t.hasStrict(read(line.replace('" 200 -', '" 0 DC')), { kind: 'ok', value: { status: 0 } })
})

t.test('quotes in path and agent, which Envoy does not escape, misplace nothing', async t => {
  const odd = line.replace('/v1/orders/42?apikey=SECRET', '/v1/"a" b').replace('curl/8.5.0', 'x" "y')
  t.hasStrict(read(odd), { value: { target: '/v1/"a" b', agent: 'x" "y', host: 'api.example.com' } })
})

t.test('a line cut in its agent keeps the call', async t => {
  t.hasStrict(read(line.slice(0, line.indexOf('curl') + 2)), {
    kind: 'ok',
    value: { truncated: true, agent: '', host: '', status: 200 },
  })
  t.hasStrict(read(line.slice(0, line.indexOf('SECRET') + 2)), { kind: 'unparsed', reason: 'no-status' })
})

t.test('Istio’s lines are not Envoy’s, nor the other way round', async t => {
  for (const other of [istio, istio17]) {
    t.ok(istioText.recognises(other))
    t.notOk(envoyText.recognises(other))
  }
  for (const other of [line, tcp]) t.notOk(istioText.recognises(other))
  for (const other of ['[22/Nov/2026:03:23:24 +0000] - 200', '[2026-11-22T03:23:24.892Z] hello', '['])
    t.notOk(envoyText.recognises(other), other)
})

t.test('Istio tells the peer’s address', async t => {
  t.hasStrict(told(istioText.parse(istio, context)), {
    kind: 'ok',
    value: {
      time: Date.parse('2026-11-22T03:23:24.892Z'),
      method: 'GET',
      target: '/v1/orders/42',
      host: 'orders:8000',
      status: 200,
      durationMs: 3,
      agent: 'curl/8.5.0',
      clientIp: '10.44.1.23',
      truncated: false,
    },
  })
})

t.test('Istio up to 1.7 had two quoted fields before the bytes', async t => {
  t.hasStrict(istioText.parse(istio17, context), {
    kind: 'ok',
    value: { status: 418, durationMs: 5, agent: 'curl/7.60.0', clientIp: '172.30.146.82', truncated: false },
  })
})

t.test('Istio’s lines cut short keep the call', async t => {
  const behindRequest = istio.slice(0, istio.indexOf('via_') + 2)
  t.hasStrict(istioText.parse(behindRequest, context), { kind: 'ok', value: { status: 200, truncated: true } })
  const inTail = istio.slice(0, istio.indexOf('inbound') + 4)
  t.hasStrict(istioText.parse(inTail, context), { kind: 'ok', value: { truncated: true, host: 'orders:8000' } })
})
