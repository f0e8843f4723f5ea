import t from 'tap'
import { REPEAT_WINDOW_MS } from '../../services/domain/block.ts'
import { aBlock } from './a-block.ts'
import { judgePart, judgeRange, partitionOf, sightingsOf, uploadKeyOf } from './repeats.ts'

t.test('an upload key is the same for the same upload and differs in every part of its identity', async t => {
  const keys = [
    uploadKeyOf({ source: 'a', senderId: 'b' }),
    uploadKeyOf({ source: 'ab', senderId: '' }),
    uploadKeyOf({ source: '', senderId: 'ab' }),
    uploadKeyOf({ source: 'a', identity: 'b' }),
    uploadKeyOf({ source: 'a', credential: 'b', bodyDigest: '' }),
    uploadKeyOf({ source: 'a', credential: '', bodyDigest: 'b' }),
    uploadKeyOf({ source: 'a', process: 'b', counter: 1 }),
    uploadKeyOf({ source: 'a', process: 'b', counter: 11 }),
    uploadKeyOf({ source: 'a\n1:b', senderId: '' }),
  ]
  t.equal(new Set(keys).size, keys.length)
  t.ok(keys.every(key => /^[0-9a-f]{64}$/.test(key)))
  t.equal(uploadKeyOf({ source: 'a', senderId: 'b' }), keys[0])
})

t.test('keys and partitions do not change between versions: what stands on a topic must still be met', async t => {
  t.equal(
    uploadKeyOf({ source: 'edge-kong', senderId: '7b1f' }),
    'a2be1e8284d8c8d737c97354d1f003396c2b2ff8b0a5722854922dbf34a8a685',
  )
  t.same(
    ['', 'a', 'ä', 'f'.repeat(64)].map(key => partitionOf(key, 12)),
    [9, 0, 3, 11],
  )
})

t.test('partitions share the keys evenly', async t => {
  for (const partitions of [1, 3, 4, 12]) {
    const counts = new Array<number>(partitions).fill(0)
    for (let i = 0; i < 12_000; i++) {
      const at = partitionOf(uploadKeyOf({ source: 's', senderId: `${i}` }), partitions)
      counts[at] = (counts[at] ?? 0) + 1
    }
    t.ok(
      counts.every(count => Math.abs(count - 12_000 / partitions) < 600),
      `${partitions}: ${counts}`,
    )
  }
})

t.test('a part is a repeat up to and including two hours after the one before it, and new again after', async t => {
  t.equal(judgePart(REPEAT_WINDOW_MS + 5, 5), 'repeat')
  t.equal(judgePart(REPEAT_WINDOW_MS + 6, 5), 'new')
  t.equal(judgePart(5, 5), 'repeat')
  t.equal(judgePart(5, undefined), 'new')
})

t.test(
  'a range is a repeat when it ends at or below the highest end, and straddles when it begins below it',
  async t => {
    t.equal(judgeRange({ from: 0, part: 100 }, undefined), 'new')
    t.equal(judgeRange({ from: 100, part: 200 }, 100), 'new')
    t.equal(judgeRange({ from: 150, part: 200 }, 100), 'new')
    t.equal(judgeRange({ from: 0, part: 100 }, 100), 'repeat')
    t.equal(judgeRange({ from: 0, part: 50 }, 100), 'repeat')
    t.equal(judgeRange({ from: 50, part: 150 }, 100), 'straddles')
  },
)

t.test('what goes into the table of uploads is every part as it stood', async t => {
  t.same(sightingsOf([aBlock(7, 5, [{ key: 'a' }, { key: 'f', part: 90, from: 10 }]), aBlock(8, 6)]), [
    { key: 'a', part: 1, positioned: false, offset: 7n, logTime: 5 },
    { key: 'f', part: 90, positioned: true, offset: 7n, logTime: 5 },
  ])
})
