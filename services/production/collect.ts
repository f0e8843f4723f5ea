import { openKafkaTopic } from '../../ingest/topic/kafka-topic.ts'
import { LcError } from '../domain/errors.ts'
import { openPeppers } from '../platform/pepper.ts'
import { startTelemetry } from '../platform/telemetry.ts'
import { Doors } from '../process/doors.ts'
import { listen } from '../process/listen.ts'
import { observeDoors } from '../process/observe.ts'
import { statusApp } from '../process/status-app.ts'
import { watching } from '../process/watching.ts'
import { kafkaOf, type PartOptions, type RunningPart, startPart } from './part.ts'

/** Producers, each with one send outstanding. */
const LANES = 8

/** `lastcall ingest`: gateway logs in, blocks on Kafka out. As many of them side by side as wanted. */
export function startCollect(options: PartOptions): Promise<RunningPart> {
  const { settings, clock, log, environment, data } = options
  let { access } = settings
  return startPart(options, async lifecycle => {
    const { kafka, group } = await kafkaOf(options)
    requirePepper(options)
    const peppers = await openPeppers({ folder: data, variable: settings.pepperEnv, environment })
    const telemetry = startTelemetry('lastcall-ingest', environment, log)
    lifecycle.started('telemetry', () => telemetry.stop())
    const topic = await openKafkaTopic({
      kafka,
      group,
      clock,
      log,
      partitions: settings.topic.partitions,
      lanes: LANES,
    })
    lifecycle.started('topic', () => topic.close())
    const app = await statusApp({
      readTokens: () => access.read,
      log,
      telemetry,
      notReady: () => (stopped.signal.aborted ? ['stopping'] : doors.notReady()),
    })
    const doors = new Doors({
      app,
      catalogue: options.catalogue,
      settings,
      environment,
      topic,
      positionOf: undefined,
      peppers,
      data,
      clock,
      log,
    })
    observeDoors(() => doors.held())
    const url = await listen(app, options.host, options.port, settings.access)
    lifecycle.started('http', () => app.close())
    const stopped = new AbortController()
    lifecycle.started('doors', () => doors.close())
    await doors.open()
    watching(options.watch, {
      clock,
      environment,
      log,
      signal: stopped.signal,
      onGood({ catalogue, settings: changed }) {
        access = changed.access
        doors.use(catalogue, changed)
      },
    })
    lifecycle.started('readiness', () => stopped.abort())
    return url
  })
}

/** Collectors that make their own peppers would give one key several ids. */
function requirePepper({ settings, environment }: PartOptions): void {
  if ((environment[settings.pepperEnv] ?? '') !== '') return
  throw new LcError(
    'LC_PEPPER_ENV',
    `The environment variable ${settings.pepperEnv} is not set: all collectors need the same pepper.`,
    `Set ${settings.pepperEnv} for each of them to one secret of 32 random bytes: openssl rand -hex 32`,
    2,
  )
}
