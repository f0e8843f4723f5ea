import t from 'tap'
import { emptyRawCall } from '../../services/domain/raw-call.ts'
import { responseHeadersInto } from './response-headers.ts'

const read = (headers: Record<string, unknown>, prefix?: string) => {
  const call = emptyRawCall()
  responseHeadersInto(call, headers, prefix)
  return [call.deprecation, call.sunset, call.link, call.versionHeader]
}

t.test('four headers are taken, whatever their case, repeated ones as one list', async t => {
  t.same(
    read({ DEPRECATION: '@1', Sunset: ['a', 'b'], link: '</v2>; rel="successor-version"', 'X-Acme-Api-Version': 'v1' }),
    ['@1', 'a, b', '</v2>; rel="successor-version"', 'v1'],
  )
})

t.test('a prefix of the record is part of the name', async t => {
  t.same(read({ downstream_Sunset: 'a', Sunset: 'b', origin_Sunset: 'c' }, 'downstream_'), ['', 'a', '', ''])
})

t.test('every other header, and a value that is no text, is passed over', async t => {
  t.same(read({ date: 'x', server: 'y', connection: 'keep-alive', 'x-version': 'z', sunset: { a: 1 } }), [
    '',
    '',
    '',
    '',
  ])
  t.same(read({ vers: 'a', origin: 'b', 'set-cookie': 'SECRET', __proto__: { sunset: 'x' } }), ['', '', '', ''])
})
