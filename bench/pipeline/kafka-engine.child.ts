import { setTimeout as delay } from 'node:timers/promises'
import { migrate } from '../../ingest/store/migrate.ts'
import { CALL_COLUMNS, TOPIC } from '../../services/domain/block.ts'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { callsOf } from './ground.ts'

/**
 * ClickHouse's own Kafka engine, the same rows and the same views, in a process of its own:
 *   node kafka-engine.child.ts FOLDER BROKER GROUP ROWS
 * One line of JSON when all rows are stored: seconds and CPU seconds since the engine began to read.
 */
const [folder = '', broker = '', group = '', rows = '0'] = process.argv.slice(2)
const clickhouse = await openClickHouse({ embedded: { folder } })
await migrate(clickhouse, { clock: systemClock })
const converted = new Map([
  ['time', "fromUnixTimestamp64Milli(time, 'UTC')"],
  ['received', "toDateTime(received, 'UTC')"],
])
const names = CALL_COLUMNS.map(([name]) => name)
const before = process.cpuUsage()
const started = performance.now()
await clickhouse.command(
  `CREATE TABLE kafka_in (${CALL_COLUMNS.map(([name, type]) => `\`${name}\` ${type}`).join(', ')})
ENGINE = Kafka SETTINGS kafka_broker_list = '${broker}', kafka_topic_list = '${TOPIC}', kafka_group_name = '${group}',
  kafka_format = 'Native', kafka_num_consumers = 1, kafka_max_block_size = 262144, kafka_flush_interval_ms = 1000`,
)
await clickhouse.command(
  `CREATE MATERIALIZED VIEW kafka_mv TO calls_in AS
SELECT ${names.map(name => `${converted.get(name) ?? `\`${name}\``} AS \`${name}\``).join(', ')},
  _topic AS topic, toUInt32(_partition) AS partition, _offset AS offset, toUInt32(rowNumberInBlock()) AS row FROM kafka_in`,
)
while ((await callsOf(clickhouse)) < Number(rows)) await delay(200)
const used = process.cpuUsage(before)
process.stdout.write(
  `${JSON.stringify({ seconds: (performance.now() - started) / 1000, cpu: (used.user + used.system) / 1e6, rows: await callsOf(clickhouse) })}\n`,
)
process.kill(process.pid, 'SIGKILL') // the engine's threads hold the process
