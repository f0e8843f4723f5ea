import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import { Turns } from './turns.ts'

t.test('never more go on at once than may, in the order they came, and a failure gives its place on', async t => {
  const turns = new Turns(2)
  let going = 0
  let most = 0
  const order: number[] = []
  const work = Array.from({ length: 20 }, (_, n) =>
    turns
      .take(async () => {
        going += 1
        most = Math.max(most, going)
        order.push(n)
        await nextTurn()
        going -= 1
        if (n % 5 === 0) throw new Error('broken')
        return n
      })
      .catch(() => -1),
  )
  t.strictSame(
    await Promise.all(work),
    Array.from({ length: 20 }, (_, n) => (n % 5 === 0 ? -1 : n)),
  )
  t.equal(most, 2)
  t.strictSame(
    order,
    Array.from({ length: 20 }, (_, n) => n),
  )
})
