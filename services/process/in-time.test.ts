import t from 'tap'
import { systemClock } from '../platform/clock.ts'
import { inTime } from './in-time.ts'

t.test('a question without an answer holds nobody up, and is not asked again meanwhile', async t => {
  const first = Promise.withResolvers<number>()
  let asked = 0
  let patient = false
  /** A sleep of whoever is not patient is over at once. */
  const sleep = (ms: number, signal?: AbortSignal) => (patient ? systemClock.sleep(ms, signal) : Promise.resolve())
  const look = inTime(
    () => {
      asked += 1
      return first.promise
    },
    { ...systemClock, sleep },
  )
  t.equal(await look(), undefined)
  t.equal(await look(), undefined)
  t.equal(asked, 1)
  patient = true
  const waiting = look()
  first.resolve(7)
  t.equal(await waiting, 7)
  t.equal(asked, 1)
  t.equal(await look(), 7)
  t.equal(asked, 2)
})

t.test('a question that fails has no answer', async t => {
  t.equal(await inTime(() => Promise.reject(new Error('away')), systemClock)(), undefined)
})
