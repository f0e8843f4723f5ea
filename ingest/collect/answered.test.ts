import t from 'tap'
import { REPEAT_WINDOW_MS } from '../../services/domain/block.ts'
import { AnsweredBodies } from './answered.ts'

/** One body's way: its count on arrival, then what its records looked like and whether the sender heard our 200. */
function upload(bodies: AnsweredBodies, at: number, heard: boolean, distinct = false): number {
  const count = bodies.arrive('body', at)
  bodies.read('body', distinct)
  if (heard) bodies.heard('body')
  return count
}

t.test('a body equal to one whose sender heard our answer is a new one', async t => {
  const bodies = new AnsweredBodies()
  t.strictSame([upload(bodies, 0, true), upload(bodies, 1, true), upload(bodies, 2, true)], [0, 1, 2])
})

t.test('a body equal to one whose sender heard nothing is a resend, and keeps its count', async t => {
  const bodies = new AnsweredBodies()
  t.strictSame(
    [
      upload(bodies, 0, false),
      upload(bodies, 1, true),
      upload(bodies, 2, false),
      upload(bodies, 3, false),
      upload(bodies, 4, true),
    ],
    [0, 0, 1, 1, 1],
  )
})

t.test('where records tell themselves apart, equal is a resend, always', async t => {
  const bodies = new AnsweredBodies()
  t.strictSame([upload(bodies, 0, true, true), upload(bodies, 1, true, true)], [0, 0])
})

t.test('two equal bodies at once are one: the first was not answered yet', async t => {
  const bodies = new AnsweredBodies()
  t.strictSame([bodies.arrive('body', 0), bodies.arrive('body', 0)], [0, 0])
})

t.test('later than the window it is forgotten, as the topic forgets it', async t => {
  const bodies = new AnsweredBodies()
  upload(bodies, 0, true)
  t.equal(upload(bodies, REPEAT_WINDOW_MS, true), 1)
  t.equal(upload(bodies, 2 * REPEAT_WINDOW_MS + 1, true), 0)
})

t.test('it never remembers more than its limit', async t => {
  const bodies = new AnsweredBodies(2)
  upload(bodies, 0, true)
  bodies.arrive('second', 0)
  bodies.arrive('third', 0)
  t.equal(upload(bodies, 1, true), 0, 'the oldest was forgotten: taken for a resend')
})
