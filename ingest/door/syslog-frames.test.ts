import fc from 'fast-check'
import t from 'tap'
import type { Drop, Unparsed } from '../../services/domain/outcome.ts'
import { FrameCutter, MAX_FRAME_BYTES } from './syslog-frames.ts'

/** What came of a stream in these chunks: messages, and reasons in angle brackets. */
function cut(chunks: readonly (string | Buffer)[], whole = true): string[] {
  const told: string[] = []
  const cutter = new FrameCutter({
    add: bytes => void told.push(bytes.toString('latin1')),
    count: (outcome: Drop | Unparsed) => void told.push(`«${outcome.reason}»`),
  })
  for (const chunk of chunks) cutter.push(Buffer.from(chunk))
  cutter.end(whole)
  return told
}

t.test('lines end with a line feed, with or without a carriage return; blank lines are none', async t => {
  t.strictSame(cut(['<1>a\n<1>b\r\n\n \r\n\0\n<1>c']), ['<1>a', '<1>b', '<1>c'])
})

t.test('a message that says how long it is may hold line feeds, and needs none behind it', async t => {
  t.strictSame(cut(['6 <1>a\nb7 <1>c d!\n4 <1>e']), ['<1>a\nb', '<1>c d!', '<1>e'])
})

t.test('what a counted message holds need not begin with a priority', async t => {
  t.strictSame(cut(['7 {"a":1}2 {}']), ['{"a":1}', '{}'])
})

t.test('both framings may come on one connection', async t => {
  t.strictSame(cut(['<1>a\n4 <1>b<1>c\n5 <1>de\n']), ['<1>a', '<1>b', '<1>c', '<1>de'])
})

t.test('a line that begins with a number is a line where lines have come before', async t => {
  t.strictSame(cut(['<1>a\n200 GET /x\n2 <1\n']), ['<1>a', '200 GET /x', '<1'])
  t.strictSame(cut(['203.0.113.9 - - x\n']), ['203.0.113.9 - - x'], 'an address is no count')
  t.strictSame(cut(['12345678 abc\n']), ['12345678 abc'], 'nor is a number of eight digits')
})

t.test('a count is of bytes, not of characters', async t => {
  t.strictSame(cut([Buffer.from('7 <1>\xc3\xa9\xc3\xa94 <1>z', 'latin1')]), ['<1>\xc3\xa9\xc3\xa9', '<1>z'])
})

t.test('a line too long is counted once and passed over to its end', async t => {
  const long = `<1>${'x'.repeat(MAX_FRAME_BYTES)}`
  t.strictSame(cut([`${long}\n<1>a\n`]), ['«too-long»', '<1>a'])
  t.strictSame(cut([long.slice(0, 40_000), long.slice(40_000), 'y'.repeat(500_000), '\n<1>a\n']), [
    '«too-long»',
    '<1>a',
  ])
  t.strictSame(
    cut([`${'x'.repeat(MAX_FRAME_BYTES)}\n`]).map(line => line.length),
    [MAX_FRAME_BYTES],
  )
})

t.test('a counted message too long is counted once and passed over by its count', async t => {
  t.strictSame(cut([`100000 <1>${'x'.repeat(99_997)}4 <1>a`]), ['«too-long»', '<1>a'])
})

t.test('an unfinished line is a message when its sender closed, and cut off when the connection broke', async t => {
  t.strictSame(cut(['<1>a\n<1>b']), ['<1>a', '<1>b'])
  t.strictSame(cut(['<1>a\n<1>b'], false), ['<1>a', '«cut-off»'])
  t.strictSame(cut(['9 <1>a'], true), ['«cut-off»'], 'a counted one is never whole')
  t.strictSame(cut(['12'], true), ['12'])
})

t.test('messages depend on the bytes alone, never on how they were chunked', async () => {
  const piece = fc.oneof(
    fc.constantFrom('<1>a\n', '6 <1>a\nb', '\n', '12 ', '1', ' ', '<', '<190>x y z\r\n', '4 <1>z', '999999999 q\n'),
    fc.string({ maxLength: 12 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(80), { maxLength: 8 }), (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(''))
      const at = [0, ...cuts.map(one => Math.min(one, bytes.length)).sort((a, b) => a - b), bytes.length]
      const chunks = at.slice(1).map((to, index) => bytes.subarray(at[index], to))
      const one = JSON.stringify(cut([bytes]))
      return one === JSON.stringify(cut(chunks)) && one === JSON.stringify(cut(Array.from(bytes, b => Buffer.of(b))))
    }),
    { numRuns: 2_000 },
  )
})
