import t from 'tap'
import { RefusedShare } from './refused-share.ts'

t.test('a trickle of which every row is refused stops at a hundred', async t => {
  const share = new RefusedShare()
  for (let row = 0; row < 100; row += 1) {
    share.allow(1, 1)
    share.stored(1, 1)
  }
  t.throws(() => share.allow(1, 1), { code: 'LC_STORE_POISON' })
  share.allow(1, 0)
})

t.test('a refused row in a hundred never stops it', async t => {
  const share = new RefusedShare()
  for (let range = 0; range < 5_000; range += 1) {
    share.allow(100, 1)
    share.stored(100, 1)
  }
  t.pass('500,000 rows')
})

t.test('good years behind do not hide a fault that begins now', async t => {
  const share = new RefusedShare()
  for (let range = 0; range < 2_000; range += 1) share.stored(1_000, 0)
  let aside = 0
  const all = () => {
    for (; ; aside += 10) {
      share.allow(10, 10)
      share.stored(10, 10)
    }
  }
  t.throws(all, { code: 'LC_STORE_POISON' })
  t.ok(aside <= 11_000, `${aside} rows`)
})

t.test('where it stopped it goes on once rows are stored again', async t => {
  const share = new RefusedShare()
  share.stored(100, 100)
  t.throws(() => share.allow(10, 1), { code: 'LC_STORE_POISON' })
  share.stored(2_000, 0)
  share.allow(10, 1)
})
