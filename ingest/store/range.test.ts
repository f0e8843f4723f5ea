import fc from 'fast-check'
import t from 'tap'
import { aBlock } from '../topic/a-block.ts'
import { freshRange, leftOutOf, partsOf, pinnedRange } from './range.ts'

const pin = (last: bigint) => ({ last, schema: 1, settings: 1, window: 1, at: 1, aside: [] })
const sized = (offset: number, rows: number, bytes = rows) => ({
  ...aBlock(offset, 1),
  rows,
  payload: new Uint8Array(bytes),
})

t.test(
  'ranges take blocks in order, lose none and stay within the limits unless one block alone is larger',
  async t => {
    const limits = { rows: 100, bytes: 5_000 }
    const sizes = fc.array(fc.tuple(fc.nat({ max: 150 }), fc.nat({ max: 6_000 })), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(sizes, all => {
        const blocks = all.map(([rows, bytes], offset) => sized(offset, rows, bytes))
        const ranges = []
        for (let rest: readonly (typeof blocks)[number][] = blocks; rest.length > 0; ) {
          const cut = freshRange(rest, limits)
          ranges.push(cut.range)
          rest = rest.slice(cut.range.length)
          t.equal(cut.rest.length, rest.length)
        }
        t.strictSame(
          ranges.flat().map(block => block.offset),
          blocks.map(block => block.offset),
        )
        for (const range of ranges) {
          const rows = range.reduce((sum, block) => sum + block.rows, 0)
          const bytes = range.reduce((sum, block) => sum + block.payload.length, 0)
          t.ok(range.length === 1 || (rows <= limits.rows && bytes <= limits.bytes))
        }
      }),
      { numRuns: 50 },
    )
  },
)

t.test('a pinned range is offered whole or refused', async t => {
  const blocks = [sized(5, 1), sized(6, 1), sized(9, 1)]
  const cut = pinnedRange(blocks, pin(6n), 3)
  t.strictSame([cut.range.map(block => block.offset), cut.rest.map(block => block.offset)], [[5n, 6n], [9n]])
  t.throws(() => pinnedRange(blocks, pin(10n), 3), { code: 'LC_STORE_PIN_SHORT' })
  t.throws(() => pinnedRange(blocks, pin(8n), 3), { code: 'LC_STORE_PIN_SHORT' }, 'offset 8 is gone')
})

t.test('rows of repeats, of parts that straddle and rows set aside are left out, no others', async t => {
  const block = aBlock(4, 1, [
    { first: 0, rows: 3 },
    { first: 3, rows: 2 },
    { first: 5, rows: 4 },
    { first: 9, rows: 0 },
  ])
  const aside = [
    { offset: 4n, row: 6 },
    { offset: 5n, row: 1 },
  ]
  t.strictSame(leftOutOf(block, ['repeat', 'new', 'new', 'repeat'], aside), [
    { first: 0, rows: 3 },
    { first: 6, rows: 1 },
  ])
  t.strictSame(leftOutOf(block, ['new', 'straddles', 'new', 'new'], []), [{ first: 3, rows: 2 }])
})

t.test('a range is known to make one part for each month it touches, and hostile times do not run wild', async t => {
  const of = (first: number, last: number, rows = 1) => ({
    ...aBlock(1, 1),
    rows,
    headers: { ...aBlock(1, 1).headers, first, last },
  })
  const day = (text: string) => Date.parse(text)
  t.equal(partsOf([of(day('2026-01-31'), day('2026-02-01')), of(day('2026-02-10'), day('2026-02-11'))]), 2)
  t.equal(partsOf([of(day('2025-12-31'), day('2026-01-01'))]), 2)
  t.equal(partsOf([of(0, 0, 0)]), 0)
  t.equal(partsOf([of(-8.64e18, 8.64e18)]), 1_561)
})
