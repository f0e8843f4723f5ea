import t from 'tap'
import {
  asNumber,
  asStatus,
  asText,
  isObject,
  meaningful,
  numberAt,
  objectAt,
  own,
  splitPath,
  textAt,
  valueAt,
} from './json-value.ts'

const parse = (text: string) => JSON.parse(text)

t.test('keys like __proto__ and constructor are data', async t => {
  t.equal(own(parse('{}'), 'constructor'), undefined)
  t.equal(textAt(parse('{"__proto__":"x"}'), '__proto__'), 'x')
  t.equal(valueAt(parse('{"a":{}}'), splitPath('a.constructor.name')), undefined)
})

t.test('words that mean nothing are nothing', async t => {
  for (const word of ['-', '', 'REDACTED', '[]', '<redacted>', 'null']) t.equal(meaningful(word), '', word)
  t.equal(meaningful('acme'), 'acme')
})

t.test('scalars are read as text', async t => {
  t.equal(asText(200), '200')
  t.equal(asText(['a', 'b']), 'a')
  t.equal(asText([]), '')
  t.equal(asText([['a']]), '')
  for (const value of [null, true, {}, undefined, Number.NaN]) t.equal(asText(value), '')
})

t.test('numbers may be logged as text', async t => {
  t.equal(asNumber('0.004'), 0.004)
  t.equal(asNumber('-1'), -1)
  t.equal(asNumber('1.5e3'), 1500)
  for (const value of ['', '-', '0x10', 'Infinity', '1 ', '1,5', null, true, '1'.repeat(50)])
    t.same(asNumber(value), Number.NaN)
})

t.test('a status is 100 to 999, or 0 when nothing was sent', async t => {
  t.equal(asStatus(200), 200)
  t.equal(asStatus('404'), 404)
  t.equal(asStatus('502, 200'), 200)
  t.equal(asStatus(0), 0)
  t.equal(asStatus('-1'), 0)
  for (const value of ['', '-', 99, 1000, 200.5, null, undefined, 'ok']) t.equal(asStatus(value), undefined)
})

t.test('dotted paths reach into objects, arrays and flat keys with dots', async t => {
  const record = parse('{"a":{"b":[{"c":1}]},"http.request.method":"GET","x":{"y.z":2}}')
  t.equal(valueAt(record, splitPath('a.b.0.c')), 1)
  t.equal(valueAt(record, splitPath('http.request.method')), 'GET')
  t.equal(valueAt(record, splitPath('x.y.z')), 2)
  t.equal(valueAt(record, splitPath('a.b.9.c')), undefined)
  t.equal(valueAt(record, splitPath('a.b.length')), undefined)
})

t.test('objects are told from arrays and null', async t => {
  t.ok(isObject({}))
  t.notOk(isObject([]))
  t.notOk(isObject(null))
  t.equal(objectAt(parse('{"a":[]}'), 'a'), undefined)
  t.equal(numberAt(parse('{"a":"7"}'), 'a'), 7)
})
