import t from 'tap'
import { told } from '../../test/told.ts'
import { awsAlb } from './aws-alb.ts'

const context = { zone: 'UTC', envelopeTime: 0, received: 0 }
const read = (line: string) => told(awsAlb.parse(line, context))
const head =
  'https 2026-11-22T03:23:24.186641Z app/my-lb/50dc6c495c0c9188 203.0.113.9:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 '
const tail =
  ' ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:targetgroup/my-targets/73e2 "Root=1-58337281-1d84" "api.example.com" "arn:aws:acm:cert/1" 1 2026-11-22T03:23:24.015000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"'
const request = '"GET https://api.example.com:443/v1/orders/42?apikey=SECRET HTTP/1.1" '

t.test('an entry is a call at its creation time, with the sum of its three times', async t => {
  t.hasStrict(read(`${head}${request}"curl/8.5.0"${tail}`), {
    kind: 'ok',
    value: {
      time: Date.parse('2026-11-22T03:23:24.015Z'),
      timeKind: 'start',
      method: 'GET',
      target: 'https://api.example.com:443/v1/orders/42?apikey=SECRET',
      host: 'api.example.com:443',
      status: 200,
      durationMs: 171,
      agent: 'curl/8.5.0',
      clientIp: '203.0.113.9',
      requestId: 'Root=1-58337281-1d84',
      identities: '',
      truncated: false,
    },
  })
})

t.test('fields that AWS adds at the end change nothing', async t => {
  const line = `${head}${request}"curl/8.5.0"${tail} TID_1234abcd "-" "-" "TransformSuccess"`
  t.hasStrict(read(line), { kind: 'ok', value: { timeKind: 'start', truncated: false } })
})

t.test('a target that never answered takes no time', async t => {
  const line = `${head.replace('10.0.0.1:80 0.086 0.048 0.037', '- -1 -1 -1')}${request}"-"${tail}`
  t.hasStrict(read(line), { kind: 'ok', value: { durationMs: 0, agent: '' } })
})

t.test('a quote that the client sent is escaped and ends nothing', async t => {
  const line = `${head}"GET https://api.example.com:443/v1?q=\\x22 HTTP/2.0" "evil\\x22agent"${tail}`
  t.hasStrict(read(line), { value: { target: 'https://api.example.com:443/v1?q="', agent: 'evil"agent' } })
})

t.test('a malformed request is none', async t => {
  t.same(read(`${head}"- http://my-lb:80- -" "-"${tail}`), { kind: 'unparsed', reason: 'no-request' })
})

t.test('a line cut short keeps what is whole and falls back to the logged time', async t => {
  t.hasStrict(read(`${head}${request}"Mozilla/5.0 (X11; Lin`), {
    kind: 'ok',
    value: { truncated: true, timeKind: 'end', time: Date.parse('2026-11-22T03:23:24.186Z'), agent: '' },
  })
  t.hasStrict(read(`${head}"GET https://api.example.com:443/v1/orders?limit=1&q=half`), {
    kind: 'ok',
    value: { truncated: true, target: 'https://api.example.com:443/v1/orders?limit=1' },
  })
  t.same(read(`${head}"GET https://api.example.com:443/v1/ord`), { kind: 'unparsed', reason: 'no-request' })
})

t.test('the status of a client that went away is none', async t => {
  t.hasStrict(read(`${head.replace('200 200', '- -')}${request}"-"${tail}`), { kind: 'ok', value: { status: 0 } })
})

t.test('only Application Load Balancers write app/ names', async t => {
  t.ok(awsAlb.recognises(`${head}${request}`))
  for (const other of [
    'http is a protocol',
    head.replace('app/', 'net/'),
    '2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET / HTTP/1.1"',
  ])
    t.notOk(awsAlb.recognises(other), other)
  t.same(read('2015-05-13T23:39:43Z lb'), { kind: 'unparsed', reason: 'unknown-format' })
})
