import t from 'tap'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { type Cluster, startCluster } from '../../test/broker/cluster.ts'
import { openKafkaDeadLetters } from './kafka-dead-letters.ts'
import { readKafkaDeadLetters } from './kafka-dead-reader.ts'

const cluster = await startCluster({}, reason => t.test('needs a Kafka broker', { skip: reason }, async () => {}))
if (cluster !== undefined) {
  t.teardown(() => cluster.end())
  reading(cluster)
}

function reading({ addresses, brokers }: Cluster): void {
  const shared = { kafka: { brokers: addresses, clientId: 'test' }, clock: systemClock, log: silentLog }
  const letter = (row: number) => ({
    topic: 'calls',
    partition: 0,
    offset: 7n,
    row,
    reason: 'bad',
    values: { path: '/' },
  })
  const read = (over: object = {}) => readKafkaDeadLetters({ ...shared, most: 100, ...over })

  t.test('a topic that was never made holds no letters', async t => {
    t.same(await read(), [])
  })

  t.test('letters are read to the end, each origin once, and what became of them', async t => {
    const box = openKafkaDeadLetters(shared)
    await box.put([letter(1), letter(2), letter(3)])
    await box.put([letter(2)])
    await box.mark([letter(3)], { state: 'dropped', reason: 'old', at: 5 })
    await box.close()
    t.same(
      (await read()).map(({ row }) => row),
      [1, 2],
    )
    t.match((await read({ all: true })).at(-1), { row: 3, mark: { state: 'dropped' } })
    t.equal((await read({ most: 1 })).length, 1)
  })

  t.test('where they cannot be read to the end that is said, and no part of them passed off as all', async t => {
    // Whose patience is over at once: nothing was read yet.
    await t.rejects(read({ clock: { ...systemClock, sleep: async () => {} } }), { code: 'LC_TOPIC_DOWN', exit: 3 })
    await brokers[0]?.kill()
    await t.rejects(read(), { code: 'LC_TOPIC_DOWN', exit: 3 })
  })
}
