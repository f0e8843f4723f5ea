import { DEAD_TOPIC } from '../../services/domain/block.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { createKafka, type KafkaSettings, laneProducer, type Message } from '../../services/platform/kafka.ts'
import type { Log } from '../../services/platform/log.ts'
import { type DeadLetter, type DeadLetterBox, type DeadMark, originOf } from '../store/dead-letters.ts'
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
 * one key, its origin; whoever reads them takes the first. What became of one follows it under the same key.
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
  async function append(messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return
    made ??= admin.ensure({ topic, partitions: 1, retentionMs: RETENTION_MS })
    await made.catch(error => {
      made = undefined
      throw error
    })
    await lane.append(messages)
  }
  return {
    put: letters => append(letters.map(letterMessage)),
    mark: (letters, mark) => append(letters.map(letter => markMessage(letter, mark))),
    async close() {
      await lane.close(5_000)
      await admin.close().catch(() => {})
    },
  }
}

function letterMessage(letter: DeadLetter): Message {
  const { reason, values } = letter
  return { partition: 0, key: originOf(letter), value: JSON.stringify({ reason, values }) }
}

function markMessage(letter: DeadLetter, { state, reason, at }: DeadMark): Message {
  return { partition: 0, key: originOf(letter), value: JSON.stringify({ state, reason, at }) }
}
