import t from 'tap'
import { Aliases } from './aliases.ts'

const fields = new Aliases({ method: ['verb', 'request.verb'], ip: ['identity.sourceIp', 'ip'] }, [
  'request',
  'identity',
])
const METHOD = fields.slot('method')
const IP = fields.slot('ip')
const read = (record: Record<string, unknown>) => {
  fields.read(record)
  return [fields.text(METHOD), fields.text(IP)]
}

t.test('the best name wins, whatever the order of the keys, flat, dotted or nested', async t => {
  t.same(read({ 'request.verb': 'PUT', verb: 'GET', ip: 'a' }), ['GET', 'a'])
  t.same(read({ verb: 'GET', 'request.verb': 'PUT', identity: { sourceIp: 'b' }, ip: 'a' }), ['GET', 'b'])
  t.same(read({ request: { verb: 'PUT', deeper: { verb: 'x' } } }), ['PUT', ''])
})

t.test('a word that means nothing leaves the field to the next name, and to no record before', async t => {
  t.same(read({ verb: '-', 'request.verb': 'PUT' }), ['PUT', ''])
  t.same(read({ verb: null, ip: { evil: true }, __proto__: { verb: 'x' } }), ['', ''])
  t.same(read(JSON.parse('{"__proto__":{"verb":"x"},"constructor":"y","verb":7}')), ['7', ''])
})
