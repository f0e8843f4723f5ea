import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DeadLetter, DeadMark } from '../../ingest/store/dead-letters.ts'
import { openDeadLetters } from '../../ingest/store/sqlite-dead-letters.ts'
import { openKafkaDeadLetters } from '../../ingest/topic/kafka-dead-letters.ts'
import { readKafkaDeadLetters } from '../../ingest/topic/kafka-dead-reader.ts'
import { openKafkaTopic } from '../../ingest/topic/kafka-topic.ts'
import { readTopic } from '../../ingest/topic/sqlite-reader.ts'
import { openSqliteTopic } from '../../ingest/topic/sqlite-topic.ts'
import { kafkaSettings, topicConnection } from '../config/kafka-settings.ts'
import { LcError } from '../domain/errors.ts'
import type { Topic } from '../domain/topic.ts'
import { DEAD_FILE } from '../embedded/embedded.ts'
import { silentLog } from '../platform/log.ts'
import { type CommandContext, textFlag } from './command.ts'
import { plainText } from './plain-text.ts'
import { loadForRun } from './run-config.ts'

const MOST = 10_000

/** The rows set aside, and the topic they came from. */
export interface DeadRows {
  /** At most 10,000 of the open ones; with `all` those replayed or dropped as well. */
  list(all?: boolean): Promise<readonly DeadLetter[]>
  mark(letters: readonly DeadLetter[], mark: DeadMark): Promise<void>
  /** On SQLite the data folder is taken for this process: LC_DATA_LOCKED while another works there. */
  topic(): Promise<Topic>
}

/** On Kafka where the configuration given names brokers, else in the data folder. */
export async function deadRows(context: CommandContext): Promise<DeadRows> {
  const config = textFlag(context, 'config', 'lastcall.yaml')
  if (context.values.config !== undefined || existsSync(config)) {
    const { settings } = await loadForRun(context, config)
    const connection = topicConnection(settings)
    if (connection !== undefined) {
      const kafka = await kafkaSettings(connection, connection.clientId, context.environment)
      const shared = { kafka, clock: context.clock, log: silentLog }
      return {
        list: (all = false) => readKafkaDeadLetters({ ...shared, most: MOST, all }),
        async mark(letters, mark) {
          const box = openKafkaDeadLetters(shared)
          await box.mark(letters, mark).finally(() => box.close())
        },
        topic: () => openKafkaTopic({ ...shared, partitions: settings.topic.partitions }),
      }
    }
  }
  return inFolder(context, textFlag(context, 'data', '.lastcall'))
}

function inFolder({ clock }: CommandContext, folder: string): DeadRows {
  const file = join(folder, DEAD_FILE)
  const opened = <Result>(work: (box: ReturnType<typeof openDeadLetters>) => Result): Result => {
    const box = openDeadLetters(file)
    try {
      return work(box)
    } finally {
      box.close()
    }
  }
  return {
    async list(all = false) {
      return existsSync(file) ? opened(box => box.list(MOST, all)) : []
    },
    mark: (letters, mark) => opened(box => box.mark(letters, mark)),
    topic() {
      const reader = readTopic(folder)
      const { partitions } = reader
      reader.close()
      return openSqliteTopic({ folder, clock, partitions })
    },
  }
}

/** `partition/offset/row`: how people name a letter. */
export function placeOf({ partition, offset, row }: DeadLetter): string {
  return `${partition}/${offset}/${row}`
}

/** The open letters a command names: those at its places, or with `--all` every one. Throws LC_CLI_FLAGS, LC_DEAD_UNKNOWN (exit 2). */
export async function namedLetters(
  { values, positionals }: CommandContext,
  rows: DeadRows,
): Promise<readonly DeadLetter[]> {
  if ((values.all === true) === positionals.length > 0)
    throw new LcError('LC_CLI_FLAGS', 'Name the places, or give --all.', 'lastcall dead list tells them: 3/1207/11', 2)
  const letters = await rows.list()
  if (values.all === true) return letters
  return positionals.map(place => {
    const found = letters.find(letter => placeOf(letter) === place)
    if (found === undefined) throw unknownPlace(place)
    return found
  })
}

export function unknownPlace(place: string): LcError {
  return new LcError(
    'LC_DEAD_UNKNOWN',
    `No row was set aside at ${plainText(place)}, or it was replayed or dropped.`,
    'See: lastcall dead list',
    2,
  )
}
