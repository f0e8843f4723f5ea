import { LcError } from '../../services/domain/errors.ts'
import { type Admin, type Kafka, LOG_APPEND_TIME, TOPIC_RESOURCE } from '../../services/platform/kafka.ts'

/** A record batch of this size is taken; blocks are far smaller, packed. */
const MESSAGE_MAX = 16 * 1024 * 1024

export interface TopicShape {
  readonly topic: string
  readonly partitions: number
  /** How long blocks are kept; only for a topic made here. */
  readonly retentionMs: number
}

/** Questions to the cluster about the topic and its group, over one connection that is made again when it breaks. */
export class KafkaAdmin {
  readonly #kafka: Kafka
  #admin: Promise<Admin> | undefined

  constructor(kafka: Kafka) {
    this.#kafka = kafka
  }

  /**
   * Makes the topic when it is absent; refuses one of another shape: LC_TOPIC_PARTITIONS when it has another number of
   * partitions, LC_TOPIC_TIMESTAMPS when its times are the senders' and not the log's.
   */
  ensure({ topic, partitions, retentionMs }: TopicShape): Promise<void> {
    return this.#ask(async admin => {
      const known = await admin.listTopics()
      if (!known.includes(topic)) {
        const configEntries = [
          { name: 'message.timestamp.type', value: LOG_APPEND_TIME },
          { name: 'cleanup.policy', value: 'delete' },
          { name: 'retention.ms', value: String(retentionMs) },
          { name: 'max.message.bytes', value: String(MESSAGE_MAX) },
        ]
        await admin.createTopics({
          topics: [{ topic, numPartitions: partitions, replicationFactor: -1, configEntries }],
          waitForLeaders: true,
        })
      }
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
      const found = topics[0]?.partitions.length ?? 0
      if (found !== partitions) throw wrongPartitions(topic, found, partitions)
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: ['message.timestamp.type'] }],
      })
      const type = resources[0]?.configEntries[0]?.configValue
      if (type !== undefined && type !== LOG_APPEND_TIME) throw wrongTimes(topic, type)
    })
  }

  /** Next offset to be written, per partition. */
  ends(topic: string, partitions: number): Promise<readonly bigint[]> {
    return this.#ask(async admin => {
      const ends = new Array<bigint>(partitions).fill(0n)
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) ends[partition] = BigInt(high)
      return ends
    })
  }

  /** Offset and text in the group; -1 when nothing was ever committed. */
  committed(
    group: string,
    topic: string,
    partition: number,
  ): Promise<{ readonly offset: bigint; readonly text: string }> {
    return this.#ask(async admin => {
      const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
      const one = found?.partitions.find(entry => entry.partition === partition)
      return { offset: BigInt(one?.offset ?? -1), text: one?.metadata ?? '' }
    })
  }

  async close(): Promise<void> {
    const admin = this.#admin
    this.#admin = undefined
    await admin?.then(
      one => one.disconnect(),
      () => {},
    )
  }

  async #ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    this.#admin ??= this.#connect()
    const connecting = this.#admin
    try {
      return await question(await connecting)
    } catch (error) {
      if (error instanceof LcError) throw error
      if (this.#admin === connecting) await this.close().catch(() => {})
      throw new LcError(
        'LC_TOPIC_DOWN',
        `Kafka does not answer: ${error instanceof Error ? error.message : error}.`,
        'See the brokers, the addresses and the credentials; it is tried again by itself.',
        3,
        { cause: error },
      )
    }
  }

  async #connect(): Promise<Admin> {
    const admin = this.#kafka.admin()
    await admin.connect()
    return admin
  }
}

function wrongPartitions(topic: string, found: number, wanted: number): LcError {
  return new LcError(
    'LC_TOPIC_PARTITIONS',
    `The topic ${topic} has ${found} partitions and is opened with ${wanted}.`,
    'The count is fixed for the life of a topic: set it back, or drain this topic and make a new one.',
    2,
  )
}

function wrongTimes(topic: string, type: string): LcError {
  return new LcError(
    'LC_TOPIC_TIMESTAMPS',
    `The topic ${topic} has message.timestamp.type=${type}.`,
    'Repeats are told by the log’s own time: set message.timestamp.type=LogAppendTime.',
    2,
  )
}
