import type { KafkaSource, Source } from '../../services/domain/catalogue.ts'
import type { Clock } from '../../services/domain/clock.ts'
import type { KafkaSettings } from '../../services/platform/kafka.ts'
import type { Log } from '../../services/platform/log.ts'
import type { Collector } from '../collect/collector.ts'
import { readKafkaSource } from '../topic/kafka-source.ts'
import type { SourceRange } from '../topic/kafka-source-ranges.ts'
import { uploadKeyOf } from '../topic/repeats.ts'
import { recordsOf } from './imported-range.ts'

export interface FollowKafkaOptions {
  readonly collector: Collector
  readonly clock: Clock
  readonly log: Log
  /** The brokers of the source's topic. */
  readonly kafka: KafkaSettings
  /** Without a heartbeat for this long a member is out of the group; default 30,000. */
  readonly sessionMs?: number
}

const HEARTBEAT_MS = 60_000

/** The upload key under which a partition's ranges stand on our topic; positions are offsets. */
export function partitionIdentity(source: string, cluster: string, topic: string, partition: number): string {
  return uploadKeyOf({ source, identity: `kafka ${cluster} ${topic} ${partition}` })
}

/**
 * Reads a Kafka topic whose messages are log records (one, several lines, a JSON array): each counts once, whoever of
 * the group reads it, through crashes and rebalances. Resolves when `signal` aborts.
 */
export async function followKafka(
  source: Source,
  { topic, groupId }: KafkaSource,
  options: FollowKafkaOptions,
  signal: AbortSignal,
): Promise<void> {
  const { collector, clock, log, kafka, sessionMs } = options
  const beaten = new Map<number, number>()
  await readKafkaSource(
    {
      source: source.id,
      kafka,
      topic,
      groupId,
      clock,
      log,
      ...(sessionMs === undefined ? {} : { sessionMs }),
      async take(cluster, partition, range) {
        // Asked for each range: a reload may have changed how its messages are read.
        const current = collector.catalogue.sources.get(source.id) ?? source
        await takeRange(collector, current, partitionIdentity(source.id, cluster, topic, partition), range, clock.now())
      },
      onEnd(cluster, partition) {
        const now = clock.now()
        if (now - (beaten.get(partition) ?? Number.NEGATIVE_INFINITY) < HEARTBEAT_MS) return
        beaten.set(partition, now)
        // A beat that is not taken is followed by another one.
        collector.beat(source, partitionIdentity(source.id, cluster, topic, partition), now).catch(() => {})
      },
    },
    signal,
  )
}

async function takeRange(
  collector: Collector,
  source: Source,
  identity: string,
  { from, to, messages, singly }: SourceRange,
  now: number,
): Promise<void> {
  const recordsIn = (value: Buffer | null) => (value === null ? [] : recordsOf(value))
  if (!singly) {
    const records = messages.flatMap(({ value }) => recordsIn(value))
    await collector.takeRange(source, identity, { from, to, records }, now)
    return
  }
  // Put in their order at once: they share blocks.
  const parts = messages.map(({ offset, value }) =>
    collector.takeRange(source, identity, { from: offset, to: offset + 1, records: recordsIn(value) }, now),
  )
  const settled = await Promise.allSettled(parts)
  for (const one of settled) if (one.status === 'rejected') throw one.reason
}
