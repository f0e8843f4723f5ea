import { LcError } from '../../services/domain/errors.ts'
import type { Kafka } from '../../services/platform/kafka.ts'

export interface SourcePartition {
  readonly partition: number
  /** What stands in the group: -1 when nothing does. */
  readonly offset: number
  readonly text: string
  /** First offset still there, and the next one to be written. */
  readonly begin: number
  readonly end: number
}

export interface SourceTopic {
  /** The cluster's own id. */
  readonly cluster: string
  readonly partitions: readonly SourcePartition[]
}

/** A topic and where a group stands in it. Throws LC_KAFKA_SOURCE when the brokers do not answer or know no such topic. */
export async function askSourceTopic(kafka: Kafka, topic: string, group: string): Promise<SourceTopic> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const [{ clusterId }, ends, committed] = await Promise.all([
      admin.describeCluster(),
      admin.fetchTopicOffsets(topic),
      admin.fetchOffsets({ groupId: group, topics: [topic] }),
    ])
    const partitions = ends.map(({ partition, low, high }): SourcePartition => {
      const found = committed[0]?.partitions.find(one => one.partition === partition)
      return {
        partition,
        offset: Number(found?.offset ?? -1),
        text: found?.metadata ?? '',
        begin: Number(low),
        end: Number(high),
      }
    })
    return { cluster: clusterId, partitions }
  } catch (error) {
    throw new LcError(
      'LC_KAFKA_SOURCE',
      `The topic ${topic} of a source cannot be read: ${error instanceof Error ? error.message : error}.`,
      'See the brokers, their addresses and credentials, the topic’s name, and the rights to read it and to commit for the group; it is tried again by itself.',
      3,
      { cause: error },
    )
  } finally {
    await admin.disconnect().catch(() => {})
  }
}
