import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { startCluster } from '../../test/broker/cluster.ts'
import { topicContract } from '../../test/contract/topic.contract.ts'
import { type KafkaTopicOptions, openKafkaTopic } from './kafka-topic.ts'

const cluster = await startCluster({}, reason => t.pass(`skipped: ${reason}`))
if (cluster !== undefined) {
  t.teardown(() => cluster.end())
  topicContract(t, {
    async place(t) {
      const name = `calls-${randomUUID()}`
      return { open: () => open(t, { topic: name, group: name }) }
    },
  })
}

async function open(t: Test, over: Partial<KafkaTopicOptions>) {
  const topic = await openKafkaTopic({
    kafka: { brokers: cluster?.addresses ?? [], clientId: 'test' },
    clock: systemClock,
    log: silentLog,
    partitions: 4,
    gatherMs: 5,
    sessionMs: 6_000,
    ...over,
  })
  t.teardown(() => topic.close())
  return topic
}
