import t from 'tap'
import type { Lease, TopicHandler } from '../domain/topic.ts'
import { Progress } from './progress.ts'

const lease: Lease = {
  partition: 3,
  committed: async () => ({ offset: 40n, metadata: '' }),
  commit: async () => {},
  current: () => true,
  heartbeat: async () => {},
}

t.test('a partition whose store cannot even begin is seen to be behind', async t => {
  const progress = new Progress()
  const handler: TopicHandler = {
    assigned: () => Promise.reject(new Error('the group went back')),
    blocks: async () => {},
    revoked: () => {},
  }
  const watched = progress.watch(handler)
  await t.rejects(watched.assigned(lease))
  t.equal(progress.has(3), true)
  t.equal(progress.lag(3, 100n), 60)
  watched.revoked(3)
  t.equal(progress.has(3), false)
})
