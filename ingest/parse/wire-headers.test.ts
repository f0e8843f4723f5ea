import t from 'tap'
import { emptyRawCall } from '../../services/domain/raw-call.ts'
import { wireHeadersInto } from './wire-headers.ts'

const read = (text: string) => {
  const call = emptyRawCall()
  wireHeadersInto(call, Buffer.from(text, 'latin1').toString('base64'))
  return call
}

t.test('four headers of a dumped response are read, whatever their case', async t => {
  const call = read(
    'HTTP/1.1 200 OK\r\nDEPRECATION: @1\r\nsunset:Sun, 30 Jun 2024 23:59:59 GMT\r\nLink: </a>; rel="x"\r\n' +
      'link: </b>; rel="y"\r\nX-Acme-Api-Version: v1\r\n\r\nbody\r\nSunset: not a header',
  )
  t.match(call, {
    deprecation: '@1',
    sunset: 'Sun, 30 Jun 2024 23:59:59 GMT',
    link: '</a>; rel="x", </b>; rel="y"',
    versionHeader: 'v1',
  })
})

t.test('a cut, empty or foreign dump changes nothing that was not whole', async t => {
  t.match(read('HTTP/1.1 200 OK\r\nDeprecation: @1\r\nSunset: Sun, 30'), { deprecation: '@1', sunset: '' })
  t.same(read('HTTP/1.1 200 OK'), emptyRawCall())
  t.same(read('GET / HTTP/1.1\r\nDeprecation: @1\r\n\r\n'), emptyRawCall())
  for (const odd of [undefined, null, 7, {}, [], '', 'SFRUUC!!!!!!!!!!!!!!', `SFRUUC${'A'.repeat(100_000)}`]) {
    const call = emptyRawCall()
    wireHeadersInto(call, odd)
    t.same(call, emptyRawCall())
  }
})
