import { once } from 'node:events'
import t from 'tap'
import type { Clock } from '../../services/domain/clock.ts'
import type { TopicHandler } from '../../services/domain/topic.ts'
import { aBlock } from './a-block.ts'
import { PartitionLoop, type PartitionSource } from './partition-loop.ts'

/** Time stands still: who rests is only woken. */
const still: Clock = {
  now: () => 0,
  async sleep(_ms, signal) {
    if (signal !== undefined && !signal.aborted) await once(signal, 'abort')
  },
}

t.test('a partition that rests goes on as soon as a backlog is at hand, and not for less', async t => {
  let offset = 0n
  let waiting = 0
  const source: PartitionSource = {
    committed: async () => ({ offset, metadata: '' }),
    commit: async to => {
      offset = to
    },
    read: async from => [aBlock(Number(from), 0)],
    waiting: () => waiting,
  }
  const turns: bigint[] = []
  let turned = Promise.withResolvers<void>()
  const handler: TopicHandler = {
    assigned: async () => {},
    async blocks(lease, blocks) {
      turns.push(blocks[0]?.offset ?? -1n)
      await lease.commit(offset + 1n, '')
      turned.resolve()
    },
    revoked: () => {},
  }
  const loop = new PartitionLoop({
    partition: 0,
    source,
    handler,
    clock: still,
    gatherMs: 900,
    onFault: (_, error) => t.error(error),
  })
  const settled = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise(resolve => setImmediate(resolve))
  }
  await turned.promise
  await settled()
  waiting = 10
  loop.notify()
  await settled()
  t.strictSame(turns, [0n], 'ten rows are not worth a turn')
  turned = Promise.withResolvers<void>()
  waiting = 100_000
  loop.notify()
  await turned.promise
  waiting = 0
  await settled()
  t.equal(turns[1], 1n)
  await loop.stop()
})
