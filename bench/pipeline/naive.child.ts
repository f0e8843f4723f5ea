import { CALL_COLUMNS, TOPIC } from '../../services/domain/block.ts'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { createKafka } from '../../services/platform/kafka.ts'
import { silentLog } from '../../services/platform/log.ts'

/**
 * The consumer people write, with the same blocks and views: insert a batch, commit its offset. Nothing keeps it from
 * counting twice.
 *   node naive.child.ts BROKER CLICKHOUSE_URL GROUP
 */
const [broker = '', url = '', groupId = ''] = process.argv.slice(2)
const clickhouse = await openClickHouse({ url, user: 'default', password: '', database: 'default' })
const consumer = createKafka({ brokers: [broker], clientId: 'naive' }, silentLog).consumer({
  groupId,
  maxWaitTimeInMs: 100,
})
const converted = new Map([
  ['time', "fromUnixTimestamp64Milli(`time`, 'UTC')"],
  ['received', "toDateTime(`received`, 'UTC')"],
])
const columns = CALL_COLUMNS.map(([name]) => name)
await consumer.connect()
await consumer.subscribe({ topics: [TOPIC], fromBeginning: true })
await consumer.run({
  autoCommit: false,
  async eachBatch({ batch, heartbeat }) {
    await clickhouse.insertNative({
      into: 'calls_in',
      columns,
      select: columns.map(name => converted.get(name) ?? `\`${name}\``),
      structure: CALL_COLUMNS.map(([name, type]) => `\`${name}\` ${type}`).join(', '),
      settings: { async_insert: 0 },
      blocks: batch.messages.flatMap(({ value }) => (value === null || value.length === 0 ? [] : [value])),
    })
    await heartbeat()
    await consumer.commitOffsets([
      { topic: batch.topic, partition: batch.partition, offset: String(BigInt(batch.lastOffset()) + 1n) },
    ])
  },
})
process.stdout.write(`${JSON.stringify({ listening: '', pid: process.pid })}\n`)
