import t from 'tap'
import { TEXT_SPECIMENS } from '../../test/text-specimens.ts'
import { told } from '../../test/told.ts'
import { tykSyslog } from './tyk-syslog.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const read = (line: string) => told(tykSyslog.parse(line, context))
const [line = ''] = TEXT_SPECIMENS.get('tyk-syslog') ?? []

t.test('a printed map is a call with its alias and key', async t => {
  t.hasStrict(read(line), {
    kind: 'ok',
    value: {
      time: Date.parse('2026-11-22T03:23:24.598Z'),
      timeKind: 'end',
      durationMs: 37,
      method: 'GET',
      target: '/orders/42',
      host: '',
      status: 200,
      identities: 'consumer:acme-prod',
      apiKey: 'SECRET-KEY',
      agent: 'Mozilla/5.0 (X11; Linux x86_64)',
      clientIp: '203.0.113.9',
      truncated: false,
    },
  })
})

t.test('a syslog header before the map is passed over', async t => {
  const whole = `<6>2026-11-22T03:23:24Z gw1 syslog-pump[1]: ${line}`
  t.ok(tykSyslog.recognises(whole))
  t.hasStrict(read(whole), { kind: 'ok', value: { status: 200 } })
})

t.test('a key without an owner is nobody’s', async t => {
  t.hasStrict(read(line.replace('alias:acme-prod', 'alias:').replace('SECRET-KEY', '00000000')), {
    value: { identities: '', apiKey: '' },
  })
})

t.test('a decoded path is encoded again, so that it is decoded once', async t => {
  t.hasStrict(read(line.replaceAll('/orders/42', '/orders/50%?x')), { value: { target: '/orders/50%25%3Fx' } })
})

t.test('a monotonic clock behind the timestamp is passed over', async t => {
  t.hasStrict(read(line.replace('+0000 UTC', '+0100 CET m=+0.004')), {
    value: { time: Date.parse('2026-11-22T02:23:24.598Z') },
  })
})

t.test('a map cut behind its status is salvaged, one cut before is not', async t => {
  t.hasStrict(read(line.slice(0, line.indexOf('Mozilla') + 3)), { kind: 'ok', value: { truncated: true, agent: '' } })
  t.same(read(line.slice(0, line.indexOf('response_code') + 16)), { kind: 'unparsed', reason: 'no-status' })
})

t.test('other maps are not Tyk’s', async t => {
  t.notOk(tykSyslog.recognises('map[a:1 b:2]'))
  t.notOk(tykSyslog.recognises('xmap[alias:a api_id:b]'))
  t.same(read('map[a:1]'), { kind: 'unparsed', reason: 'unknown-format' })
})
