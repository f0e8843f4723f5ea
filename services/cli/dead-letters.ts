import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type DeadLetter, openDeadLetters } from '../../ingest/store/dead-letters.ts'
import { readKafkaDeadLetters } from '../../ingest/topic/kafka-dead-reader.ts'
import { kafkaSettings, topicConnection } from '../config/kafka-settings.ts'
import { DEAD_FILE } from '../embedded/embedded.ts'
import { silentLog } from '../platform/log.ts'
import { type CommandContext, textFlag } from './command.ts'
import { loadForRun } from './run-config.ts'

const MOST = 10_000

/** The rows set aside: on Kafka where the configuration given names brokers, else in the data folder. */
export async function deadLetters(context: CommandContext): Promise<readonly DeadLetter[]> {
  const config = textFlag(context, 'config', 'lastcall.yaml')
  if (context.values.config !== undefined || existsSync(config)) {
    const { settings } = await loadForRun(context, config)
    const connection = topicConnection(settings)
    if (connection !== undefined) {
      const kafka = await kafkaSettings(connection, connection.clientId, context.environment)
      return readKafkaDeadLetters({ kafka, clock: context.clock, log: silentLog, most: MOST })
    }
  }
  const file = join(textFlag(context, 'data', '.lastcall'), DEAD_FILE)
  if (!existsSync(file)) return []
  const dead = openDeadLetters(file)
  try {
    return dead.list(MOST)
  } finally {
    dead.close()
  }
}

/** `partition/offset/row`: how people name a letter. */
export function placeOf({ partition, offset, row }: DeadLetter): string {
  return `${partition}/${offset}/${row}`
}
