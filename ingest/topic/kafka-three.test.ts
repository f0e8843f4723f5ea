import { randomUUID } from 'node:crypto'
import t from 'tap'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { startCluster } from '../../test/broker/cluster.ts'
import { topicContract } from '../../test/contract/topic.contract.ts'
import { openKafkaTopic } from './kafka-topic.ts'

/** The last of Kafka's third line, which many still run. */
const VERSION = '3.9.2'

const skip = (reason: string) => t.test(`the topic on Kafka ${VERSION}`, { skip: reason }, async () => {})
const long = process.env.LASTCALL_LONG === '1'
const cluster = long ? await startCluster({ version: VERSION }, skip) : undefined
if (!long) skip('the long form runs it: LASTCALL_LONG=1')
if (cluster !== undefined) {
  t.teardown(() => cluster.end())
  topicContract(t, {
    async place(t) {
      const topic = `calls-${randomUUID()}`
      return {
        async open() {
          const opened = await openKafkaTopic({
            kafka: { brokers: cluster.addresses, clientId: 'test' },
            clock: systemClock,
            log: silentLog,
            partitions: 4,
            topic,
            group: topic,
            gatherMs: 5,
            sessionMs: 6_000,
          })
          t.teardown(() => opened.close())
          return opened
        },
      }
    },
  })
}
