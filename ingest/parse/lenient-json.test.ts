import t from 'tap'
import { salvageJson } from './lenient-json.ts'

const read = (text: string) => {
  const salvaged = salvageJson(text)
  return salvaged === undefined
    ? undefined
    : { value: JSON.parse(JSON.stringify(salvaged.value)), whole: salvaged.whole }
}
const whole = (value: unknown) => ({ value, whole: true })
const part = (value: unknown) => ({ value, whole: false })

t.test('values left out are null, lists and words without quotes are text', async t => {
  t.same(read('{"a":,"b":}'), whole({ a: null, b: null }))
  t.same(read('{"a":0.000, 0.003,"b":-}'), whole({ a: '0.000, 0.003', b: null }))
  t.same(
    read('{"a":GET,"b":1.5,"c":true,"d":[1,,x],"e":{}}'),
    whole({ a: 'GET', b: 1.5, c: true, d: [1, null, 'x'], e: {} }),
  )
})

t.test('escapes of nginx and of JSON are undone, raw control characters stay', async t => {
  t.same(read('{"a":"\\x22\\xC3\\xA9\\u00e9\\/\\n\\\\","b":"tab\there"}'), whole({ a: '"éé/\n\\', b: 'tab\there' }))
  t.same(read('{"a":"\\xZZ\\uZZZZ"}'), whole({ a: '\\xZZ\\uZZZZ' }))
})

t.test('of a record that was cut, what is whole is kept', async t => {
  t.same(read('{"a":"x","b":{"c":1,"d":"y'), part({ a: 'x', b: { c: 1 } }))
  t.same(read('{"a":"x","b":12'), part({ a: 'x' }), 'a number may be half')
  t.same(read('{"a":[1,2,"th'), part({ a: [1, 2] }))
  t.same(read('{"a":"x",'), part({ a: 'x' }))
  t.same(read('{"a":"x","b'), part({ a: 'x' }))
})

t.test('behind a fault nothing is guessed', async t => {
  t.same(read('{"a":"x","ua":"evil"agent","status":200}'), part({ a: 'x', ua: 'evil' }))
  t.same(read('{"a":1} trailing'), part({ a: 1 }))
  t.same(read('{"a":1}{"b":2}'), part({ a: 1 }))
})

t.test('nothing whole is nothing', async t => {
  for (const text of ['{', '{"a', '{"a":', '{]', '{}x', '{"a":"']) t.equal(read(text), undefined, text)
})

t.test('keys of an attacker are keys like others', async t => {
  const salvaged = salvageJson('{"__proto__":{"x":1},"constructor":2,"a":}')
  t.same(Object.keys(salvaged?.value ?? {}), ['__proto__', 'constructor', 'a'])
  t.equal(({} as Record<string, unknown>).x, undefined)
})

t.test('deep nesting and long text end in time', async t => {
  t.same(salvageJson(`{"a":${'['.repeat(100_000)}`)?.whole, false)
  t.same(salvageJson(`{"a":${'{"a":'.repeat(100_000)}`)?.whole, false)
  t.same(salvageJson(`{"a":"${'\\'.repeat(500_001)}`), undefined)
  t.same(salvageJson(`{"a":1,"b":${','.repeat(500_000)}`)?.whole, false)
  t.same(salvageJson(`{"a":1,"b":"${'\\"'.repeat(300_000)}`)?.whole, false)
})
