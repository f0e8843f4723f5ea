import { randomUUID } from 'node:crypto'
import t from 'tap'
import { systemClock } from '../../services/platform/clock.ts'
import { createKafka } from '../../services/platform/kafka.ts'
import { silentLog } from '../../services/platform/log.ts'
import { type Cluster, startCluster } from '../../test/broker/cluster.ts'
import { block, consume, until } from '../../test/contract/topic-tools.ts'
import { openKafkaTopic } from './kafka-topic.ts'

const cluster = await startCluster({ size: 3 }, reason =>
  t.test('needs a Kafka broker', { skip: reason }, async () => {}),
)
if (cluster !== undefined) {
  t.teardown(() => cluster.end())
  failover(cluster)
}

function failover({ addresses, brokers }: Cluster): void {
  const kafka = { brokers: addresses, clientId: 'test', requestTimeoutMs: 3_000 }

  /** The broker that leads partition 0. */
  async function leader(topic: string) {
    const admin = createKafka(kafka, silentLog).admin()
    await admin.connect()
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    await admin.disconnect()
    const id = topics[0]?.partitions.find(one => one.partitionId === 0)?.leader ?? 0
    const found = brokers[id - 1]
    if (found === undefined) throw new Error(`partition 0 has no leader (${id})`)
    return found
  }

  t.test(
    'three brokers, the leader killed under load three times: nothing acknowledged is lost, nothing is doubled',
    async t => {
      const name = `calls-${randomUUID()}`
      const topic = await openKafkaTopic({
        kafka,
        clock: systemClock,
        log: silentLog,
        topic: name,
        group: name,
        partitions: 3,
        gatherMs: 5,
        sessionMs: 6_000,
        ackTimeoutMs: 120_000,
      })
      t.teardown(() => topic.close())
      const { seen, stop } = await consume(topic)
      let next = 0
      let done = false
      let stall = 0
      const acknowledged: number[] = []
      const writers = Array.from({ length: 6 }, async (_, writer) => {
        while (!done) {
          const mine = next++
          const began = performance.now()
          await topic.append(writer % 3, [block(`${mine}`, 20)])
          stall = Math.max(stall, performance.now() - began)
          acknowledged.push(mine)
        }
      })
      for (let kill = 0; kill < 3; kill++) {
        const before = acknowledged.length
        await until('appends', () => acknowledged.length > before + 300)
        const killed = await leader(name)
        await killed.kill()
        const without = acknowledged.length
        await until('appends go on without it', () => acknowledged.length > without + 100)
        await killed.start()
      }
      done = true
      await Promise.all(writers)
      const ends = await topic.ends()
      t.equal(Number(ends.reduce((sum, end) => sum + end, 0n)), next, 'as many stand as were sent')
      await until(
        'all are stored',
        () => new Set(seen.blocks.map(one => `${one.partition}/${one.offset}`)).size === next,
      )
      await stop()
      t.equal(new Set(seen.blocks.map(one => one.headers.source)).size, next, 'each of them')
      t.comment(`${next} appends, longest stall ${(stall / 1000).toFixed(1)} s`)
    },
  )
}
