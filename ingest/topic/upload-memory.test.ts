import fc from 'fast-check'
import t from 'tap'
import { REPEAT_WINDOW_MS, type StoredBlock } from '../../services/domain/block.ts'
import { aBlock } from './a-block.ts'
import { judgeRange, type Sighting, sightingsOf, type Verdict } from './repeats.ts'
import { UploadMemory } from './upload-memory.ts'

const nothing = async () => []

/** The rule as the design words it: look at everything that stands before. */
function obvious(log: readonly StoredBlock[]): Verdict[][] {
  const before: { key: string; part: number; positioned: boolean; logTime: number }[] = []
  return log.map(block =>
    block.headers.uploads.map(({ key, part, from }) => {
      const same = before.filter(one => one.key === key && one.positioned === (from !== undefined))
      let verdict: Verdict
      if (from === undefined) {
        verdict = same.some(one => one.part === part && block.logTime - one.logTime <= REPEAT_WINDOW_MS)
          ? 'repeat'
          : 'new'
      } else {
        const ends = same.map(one => one.part)
        verdict = judgeRange({ part, from }, ends.length === 0 ? undefined : Math.max(...ends))
      }
      before.push({ key, part, positioned: from !== undefined, logTime: block.logTime })
      return verdict
    }),
  )
}

const hour = 3_600_000
const upload = fc.oneof(
  fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'.repeat(64)), part: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    key: fc.constantFrom('f', 'g'),
    part: fc.integer({ min: 5, max: 9 }),
    from: fc.integer({ min: 0, max: 8 }),
  }),
)
const logs = fc
  .array(
    fc.record({
      wait: fc.constantFrom(0, 1, hour, hour, 2 * hour, 2 * hour + 1),
      uploads: fc.array(upload, { maxLength: 4 }),
    }),
    {
      minLength: 1,
      maxLength: 30,
    },
  )
  .map(steps => {
    let logTime = 1_000
    return steps.map(({ wait, uploads }, offset) => {
      logTime += wait
      return aBlock(offset, logTime, uploads)
    })
  })

/** What may happen to a batch: judged and stored, judged and failed, or the partition moves to a store with another memory. */
const fates = fc.array(
  fc.record({
    size: fc.integer({ min: 1, max: 6 }),
    fate: fc.constantFrom('stored', 'failed', 'moved', 'moved, nothing loaded'),
  }),
  {
    minLength: 40,
    maxLength: 40,
  },
)

t.test('whatever fails, moves or is forgotten, a repeat is what the whole log says it is', async t => {
  await fc.assert(
    fc.asyncProperty(logs, fates, fc.integer({ min: 1, max: 6 }), async (log, steps, cap) => {
      const table: Sighting[] = []
      const ask = async (keys: readonly string[], offset: bigint) =>
        table.filter(one => keys.includes(one.key) && one.offset < offset)
      const expected = obvious(log)
      let memory = new UploadMemory({ ask, cap })
      let position = 0
      for (const { size, fate } of [...steps, ...steps]) {
        const batch = log.slice(position, position + size)
        const verdicts = await memory.judge(batch)
        if (JSON.stringify(verdicts) !== JSON.stringify(expected.slice(position, position + size)))
          throw new Error(`at ${position}`)
        table.push(...sightingsOf(batch))
        if (fate === 'failed') continue
        memory.learn(batch)
        position += batch.length
        if (fate === 'stored') continue
        memory = new UploadMemory({ ask, cap })
        if (fate === 'moved' && batch.length > 0) {
          const since = (batch.at(-1)?.logTime ?? 0) - REPEAT_WINDOW_MS - 1
          memory.load(
            table.filter(one => one.logTime > since),
            BigInt(position),
            since,
          )
        }
      }
    }),
    { numRuns: 150 },
  )
  t.pass('150 logs')
})

t.test('two equal uploads in one block are one', async t => {
  const memory = new UploadMemory({ ask: nothing })
  t.same(await memory.judge([aBlock(0, 1, [{ key: 'a' }, { key: 'a' }, { key: 'a', part: 2 }])]), [
    ['new', 'repeat', 'new'],
  ])
})

t.test('a sender that comes again every hour is a repeat for as long as it does', async t => {
  const memory = new UploadMemory({ ask: nothing })
  const seen: Verdict[] = []
  for (let i = 0; i < 6; i++) {
    const block = aBlock(i, i * hour, [{ key: 'a' }])
    seen.push(...(await memory.judge([block])).flat())
    memory.learn([block])
  }
  t.same(seen, ['new', 'repeat', 'repeat', 'repeat', 'repeat', 'repeat'])
})

t.test('a batch that failed is judged alike when it comes again', async t => {
  const memory = new UploadMemory({ ask: nothing })
  const batch = [aBlock(0, 1, [{ key: 'a' }]), aBlock(1, 1, [{ key: 'a' }, { key: 'f', part: 9, from: 0 }])]
  const first = await memory.judge(batch)
  t.same(await memory.judge(batch), first)
  memory.learn(batch)
  t.same(await memory.judge([aBlock(2, 2, [{ key: 'f', part: 9, from: 0 }])]), [['repeat']])
})

t.test('blocks already learnt are not judged again: they would all be repeats of themselves', async t => {
  const memory = new UploadMemory({ ask: nothing })
  const batch = [aBlock(0, 1, [{ key: 'a' }])]
  memory.learn(batch)
  await t.rejects(memory.judge(batch), /invariant/)
})

t.test('nothing is asked for once the window has been read back, and no more than the cap is kept', async t => {
  let asked = 0
  const ask = async () => {
    asked++
    return []
  }
  const memory = new UploadMemory({ ask, cap: 10 })
  memory.load([], 0n, Number.NEGATIVE_INFINITY)
  for (let i = 0; i < 10; i++) {
    const block = aBlock(i, 1_000 + i, [{ key: `k${i}` }])
    await memory.judge([block])
    memory.learn([block])
  }
  t.equal(asked, 0)
  memory.learn([aBlock(10, 2_000, [{ key: 'k10' }])])
  t.equal(memory.size, 10)
  await memory.judge([aBlock(11, 2_001, [{ key: 'k0' }])])
  t.equal(asked, 1, 'k0 was forgotten')
  await memory.judge([aBlock(11, 2_001, [{ key: 'k10' }])])
  t.equal(asked, 1, 'k10 is remembered')
  await memory.judge([aBlock(11, 1_001 + REPEAT_WINDOW_MS, [{ key: 'k0' }])])
  t.equal(asked, 1, 'what was forgotten is too old to matter')
})

t.test('however much the window holds, and however many files are followed, no more than the cap is kept', async t => {
  const asked: string[] = []
  const ask = async (keys: readonly string[]) => {
    asked.push(...keys)
    return []
  }
  const memory = new UploadMemory({ ask, cap: 10 })
  const window = Array.from({ length: 1_000 }, (_, i) => ({
    ...{ key: `k${i}`, part: 1, positioned: false },
    ...{ offset: BigInt(i), logTime: 1_000 + i },
  }))
  memory.load(window, 1_000n, 0)
  t.equal(memory.size, 10)
  t.same(await memory.judge([aBlock(1_000, 3_000, [{ key: 'k995' }])]), [['repeat']])
  t.same(asked, [], 'what is kept needs no question')
  await memory.judge([aBlock(1_000, 3_000, [{ key: 'k5' }])])
  t.same(asked.splice(0), ['k5'])

  const files = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => ({ key: `f${from + i}`, part: 9, from: 0 }))
  memory.learn([aBlock(1_000, 3_000, files(0, 15))])
  t.equal(memory.sources, 10)
  t.same(await memory.judge([aBlock(1_001, 3_001, files(5, 15))]), [files(5, 15).map(() => 'repeat')])
  t.same(asked, [])
  await memory.judge([aBlock(1_001, 3_001, files(4, 5))])
  t.same(asked, ['f4'])
})
