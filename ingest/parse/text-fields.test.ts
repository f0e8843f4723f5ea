import t from 'tap'
import { emptyRawCall } from '../../services/domain/raw-call.ts'
import { cutRequestInto, haproxyRequestInto } from './cut-request.ts'
import { closingQuote, millis, secondsToMs, statusOf, withoutPort } from './text-fields.ts'

t.test('a quote behind an odd run of backslashes is text', async t => {
  for (const [line, at] of [
    ['a"', 1],
    ['a\\"b"', 4],
    ['a\\\\"', 3],
    ['a\\\\\\"b"', 6],
    ['"', 0],
    ['abc', -1],
    ['a\\"', -1],
  ] as const)
    t.equal(closingQuote(line, 0), at, line)
})

t.test('a status is three digits, or a word for no response', async t => {
  for (const [text, status] of [
    ['200', 200],
    ['999', 999],
    ['000', 0],
    ['0', 0],
    ['-', 0],
    ['-1', 0],
    ['099', undefined],
    ['20', undefined],
    ['2000', undefined],
    ['2x0', undefined],
    ['', undefined],
  ] as const)
    t.equal(statusOf(text, 0, text.length), status, text)
})

t.test('durations that were not measured are none', async t => {
  t.equal(secondsToMs('0.012'), 12)
  t.equal(secondsToMs('5.001, 0.002'), 2)
  for (const text of ['-', '-1', '', 'x', 'Infinity', '1e300']) {
    t.equal(secondsToMs(text), 0, text)
    t.equal(millis(text), 0, text)
  }
  t.equal(millis('+37'), 37)
})

t.test('ports come off every kind of address', async t => {
  t.equal(withoutPort('203.0.113.9:80'), '203.0.113.9')
  t.equal(withoutPort('[2001:db8::7]:443'), '2001:db8::7')
  t.equal(withoutPort('2001:db8::7:443'), '2001:db8::7')
  t.equal(withoutPort('203.0.113.9'), '203.0.113.9')
  t.equal(withoutPort('unix:'), 'unix:')
})

t.test('a request cut short counts only when its path is whole', async t => {
  for (const [text, target] of [
    ['GET /v1/orders?a=1&b=2', '/v1/orders?a=1'],
    ['GET /v1/orders?half', '/v1/orders'],
    ['GET /v1/orders?', '/v1/orders'],
    ['GET /v1/orders HTT', '/v1/orders'],
    ['GET /v1/orders ', '/v1/orders'],
    ['GET /v1/ord', ''],
    ['GET', ''],
    ['GET /v1 b', ''],
    ['\\x16\\x03?', ''],
  ] as const) {
    const call = emptyRawCall()
    t.equal(cutRequestInto(call, text), target !== '', text)
    t.equal(call.target, target)
    t.equal(call.truncated, target !== '')
  }
})

t.test('HAProxy closes the quotes of a request it has cut', async t => {
  const call = emptyRawCall()
  t.ok(haproxyRequestInto(call, `GET /a?b=1&c=${'x'.repeat(1000)}`))
  t.hasStrict(call, { target: '/a?b=1', truncated: true })
  t.ok(haproxyRequestInto(call, 'GET /old'), 'HTTP/0.9')
})
