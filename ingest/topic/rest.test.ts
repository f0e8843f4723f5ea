import t from 'tap'
import { restAfter } from './rest.ts'

const blocks = (count: number, rows: number) => Array.from({ length: count }, () => ({ rows }))

t.test('a trickle is stored once in the time it may gather', async t => {
  t.equal(restAfter(blocks(1, 1), 100, 1_000), 900)
  t.equal(restAfter([], 0, 1_000), 1_000)
})

t.test('a store that is slow rests as long as it worked, yet never for more than three seconds', async t => {
  t.equal(restAfter(blocks(10, 10), 1_200, 1_000), 1_200)
  t.equal(restAfter(blocks(10, 10), 60_000, 1_000), 3_000)
})

t.test('where rows come fast, more of them are waited for', async t => {
  t.equal(restAfter(blocks(10, 1_000), 200, 1_000), 1_800)
  t.equal(restAfter(blocks(10, 1_000), 2_000, 1_000), 3_000)
  t.ok(restAfter(blocks(25, 100), 200, 1_000) < 1_000, 'ten thousand rows a second over four partitions are no flood')
})

t.test('a backlog is worked off without waiting for more', async t => {
  t.equal(restAfter(blocks(64, 1_000), 900, 500), 0)
})
