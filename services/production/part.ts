import { serverSettings } from '../config/clickhouse-settings.ts'
import type { Environment } from '../config/environment.ts'
import { kafkaSettings, topicConnection } from '../config/kafka-settings.ts'
import type { Settings } from '../config/schema/settings.ts'
import type { Catalogue } from '../domain/catalogue.ts'
import type { Clock } from '../domain/clock.ts'
import { LcError } from '../domain/errors.ts'
import type { ClickHouseSettings } from '../platform/clickhouse.ts'
import type { KafkaSettings } from '../platform/kafka.ts'
import type { Log } from '../platform/log.ts'
import { Lifecycle } from '../process/lifecycle.ts'
import type { Watched } from '../process/watching.ts'

/** What each of the production processes is given. */
export interface PartOptions {
  readonly catalogue: Catalogue
  readonly settings: Settings
  /** The configuration's file, read again when it changes. */
  readonly watch: Watched
  /** Folder for what must outlive the process. */
  readonly data: string
  readonly host: string
  readonly port: number
  readonly clock: Clock
  readonly environment: Environment
  readonly log: Log
}

export interface RunningPart {
  /** `http://127.0.0.1:8080` */
  readonly url: string
  /** Readiness off, work under way finished, everything closed. */
  stop(): Promise<void>
}

/** Starts a process part by part; what had started is stopped again when a later part cannot. */
export async function startPart(
  options: PartOptions,
  start: (lifecycle: Lifecycle) => Promise<string>,
): Promise<RunningPart> {
  const lifecycle = new Lifecycle()
  const stop = (): Promise<void> =>
    lifecycle.stop((part, error) => options.log.error({ part, err: error }, 'a part did not stop'))
  try {
    return { url: await start(lifecycle), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** How Kafka is reached. Throws LC_KAFKA_NONE when the configuration names none. */
export async function kafkaOf({ settings, environment }: Pick<PartOptions, 'settings' | 'environment'>): Promise<{
  readonly kafka: KafkaSettings
  readonly group: string
  readonly sessionMs: number
}> {
  const connection = topicConnection(settings)
  if (connection === undefined) {
    throw new LcError(
      'LC_KAFKA_NONE',
      'The configuration names no Kafka brokers.',
      'Add topic.kafka.brokers, or run everything in one process: lastcall up.',
      2,
    )
  }
  const kafka = await kafkaSettings(connection, connection.clientId, environment)
  return { kafka, group: settings.topic.kafka?.groupId ?? '', sessionMs: settings.topic.kafka?.sessionMs ?? 0 }
}

/** How the ClickHouse server is reached by who writes, or who only asks. Throws LC_CLICKHOUSE_NONE when none is named. */
export function clickHouseOf(
  { settings, environment }: Pick<PartOptions, 'settings' | 'environment'>,
  as: 'writer' | 'reader',
): ClickHouseSettings {
  if (settings.clickhouse === undefined) {
    throw new LcError(
      'LC_CLICKHOUSE_NONE',
      'The configuration names no ClickHouse server.',
      'Add clickhouse.url, or run everything in one process: lastcall up.',
      2,
    )
  }
  return serverSettings(settings.clickhouse, environment, as)
}
