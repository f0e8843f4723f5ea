import fc from 'fast-check'
import t from 'tap'
import { type Pin, readPin, writePin } from './pin.ts'

const pins: fc.Arbitrary<Pin> = fc
  .record({
    last: fc.bigInt({ min: 300n, max: 2n ** 63n }),
    schema: fc.nat({ max: 999_999 }),
    settings: fc.nat({ max: 999_999 }),
    window: fc.nat(),
    at: fc.nat({ max: 4_102_444_800_000 }),
    aside: fc.uniqueArray(fc.record({ back: fc.nat({ max: 299 }), row: fc.nat({ max: 40 }) }), {
      maxLength: 60,
      selector: ({ back, row }) => back * 1000 + row,
    }),
  })
  .map(({ aside, ...pin }) => ({
    ...pin,
    aside: aside
      .sort((a, b) => b.back - a.back || a.row - b.row)
      .map(({ back, row }) => ({ offset: pin.last - BigInt(back), row })),
  }))

t.test('a pin reads back as it was written', async t => {
  fc.assert(
    fc.property(pins, pin => t.strictSame(readPin(writePin(pin) ?? 'too long'), pin)),
    { numRuns: 200 },
  )
})

t.test('no metadata is no pin, and what another version wrote is refused, not guessed', async t => {
  t.equal(readPin(''), undefined)
  for (const text of ['p2 1 1 1 1 1 ', 'p1 1 1 1 1', 'p1 x 1 1 1 1 ', 'something', '{}', 'p1 1 1 1 1 1 a:1'])
    t.throws(() => readPin(text), { code: 'LC_PIN_UNREADABLE' }, text)
})

t.test('a pin always fits what Kafka keeps beside an offset, or says that it does not', async t => {
  const pin = { last: 2n ** 62n, schema: 1, settings: 1, window: 7_200_000, at: 1_763_000_000_000 }
  const rows = (every: number) =>
    Array.from({ length: 1_000 }, (_, row) => ({ offset: pin.last, row })).filter(({ row }) => row % every === 0)
  t.ok((writePin({ ...pin, aside: rows(1) })?.length ?? 9_999) < 100, 'a whole block is one run')
  t.ok((writePin({ ...pin, aside: rows(2) })?.length ?? 9_999) < 4_096, 'every other row of a block')
  const blocks = Array.from({ length: 900 }, (_, back) => ({ offset: pin.last - BigInt(899 - back), row: 100 }))
  t.equal(writePin({ ...pin, aside: blocks }), undefined)
})
