import { TOPIC } from '../../services/domain/block.ts'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { createKafka } from '../../services/platform/kafka.ts'
import { silentLog } from '../../services/platform/log.ts'

/**
 * The consumer people write: a batch is inserted, then its offset is committed. In the crash run it reads the same topic
 * into a table of its own, for the difference.
 *   node naive-consumer.ts BROKER CLICKHOUSE_URL
 */
const [broker = '', url = ''] = process.argv.slice(2)
const clickhouse = await openClickHouse({ url, user: 'default', password: '', database: 'default' })
await clickhouse.command('CREATE TABLE IF NOT EXISTS naive (request_id String) ENGINE = MergeTree ORDER BY request_id')
const kafka = createKafka({ brokers: [broker], clientId: 'naive' }, silentLog)
const consumer = kafka.consumer({
  groupId: 'naive',
  sessionTimeout: 3_000,
  rebalanceTimeout: 6_000,
  heartbeatInterval: 500,
})
await consumer.connect()
await consumer.subscribe({ topics: [TOPIC], fromBeginning: true })
await consumer.run({
  autoCommit: false,
  async eachBatch({ batch, heartbeat }) {
    const blocks = batch.messages.flatMap(({ value }) => (value === null || value.length === 0 ? [] : [value]))
    if (blocks.length > 0) {
      await clickhouse.insertNative({
        into: 'naive',
        columns: ['request_id'],
        select: ['request_id'],
        structure: 'request_id String',
        settings: { input_format_skip_unknown_fields: 1 },
        blocks,
      })
    }
    await heartbeat()
    await consumer.commitOffsets([
      { topic: batch.topic, partition: batch.partition, offset: String(BigInt(batch.lastOffset()) + 1n) },
    ])
  },
})
process.stdout.write(`${JSON.stringify({ listening: '', pid: process.pid })}\n`)
