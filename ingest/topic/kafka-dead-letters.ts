import { DEAD_TOPIC } from '../../services/domain/block.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { createKafka, type KafkaSettings, laneProducer, type Message } from '../../services/platform/kafka.ts'
import type { Log } from '../../services/platform/log.ts'
import type { DeadLetter, DeadLetterBox } from '../store/dead-letters.ts'
import { KafkaAdmin } from './kafka-admin.ts'
import { KafkaLane } from './kafka-lane.ts'

export interface KafkaDeadLettersOptions {
  readonly kafka: KafkaSettings
  readonly clock: Clock
  readonly log: Log
  /** Default `lastcall.dead.v1`. */
  readonly topic?: string
}

/** For ever: a person decides what becomes of them. */
const RETENTION_MS = -1
const ACK_TIMEOUT_MS = 30_000
const WAITING_BYTES = 64 * 1024 * 1024

/**
 * Dead letters on Kafka: one partition, so that they are read in one order. A letter sent again stands there twice under
 * one key, its origin; whoever reads them takes the first.
 */
export function openKafkaDeadLetters(options: KafkaDeadLettersOptions): DeadLetterBox {
  const { clock, log, topic = DEAD_TOPIC } = options
  const kafka = createKafka(options.kafka, log)
  const admin = new KafkaAdmin(kafka)
  const lane = new KafkaLane({
    topic,
    producer: () => laneProducer(kafka),
    clock,
    log,
    ackTimeoutMs: ACK_TIMEOUT_MS,
    waitingBytes: WAITING_BYTES,
  })
  let made: Promise<void> | undefined
  return {
    async put(letters) {
      if (letters.length === 0) return
      made ??= admin.ensure({ topic, partitions: 1, retentionMs: RETENTION_MS })
      await made.catch(error => {
        made = undefined
        throw error
      })
      await lane.append(letters.map(letterMessage))
    },
    async close() {
      await lane.close(5_000)
      await admin.close().catch(() => {})
    },
  }
}

/** `topic/partition/offset/row`: where a refused row stood. */
export function originOf({ topic, partition, offset, row }: DeadLetter): string {
  return `${topic}/${partition}/${offset}/${row}`
}

function letterMessage(letter: DeadLetter): Message {
  const { reason, values } = letter
  return { partition: 0, key: originOf(letter), value: JSON.stringify({ reason, values }) }
}
