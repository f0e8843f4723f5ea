import { kafkaPinned, sqlitePinned } from '../../ingest/store/open-pins.ts'
import { KafkaAdmin } from '../../ingest/topic/kafka-admin.ts'
import { kafkaSettings, topicConnection } from '../config/kafka-settings.ts'
import type { Settings } from '../config/schema/settings.ts'
import { TOPIC } from '../domain/block.ts'
import { createKafka } from '../platform/kafka.ts'
import { silentLog } from '../platform/log.ts'
import { type CommandContext, textFlag } from './command.ts'

/** Whether a range is pinned on the topic the configuration names: Kafka's group, or the data folder. */
export async function topicPinned(context: CommandContext, settings: Settings): Promise<boolean> {
  const connection = topicConnection(settings)
  if (connection === undefined) return sqlitePinned(textFlag(context, 'data', '.lastcall'))
  const kafka = await kafkaSettings(connection, connection.clientId, context.environment)
  const admin = new KafkaAdmin(createKafka(kafka, silentLog))
  try {
    const group = settings.topic.kafka?.groupId ?? ''
    return await kafkaPinned({ admin, topic: TOPIC, group, partitions: settings.topic.partitions })
  } finally {
    await admin.close()
  }
}
