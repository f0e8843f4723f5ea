import { join } from 'node:path'
import { migrate } from '../../ingest/store/migrate.ts'
import { sqlitePinned } from '../../ingest/store/open-pins.ts'
import { openDeadLetters } from '../../ingest/store/sqlite-dead-letters.ts'
import { createStore } from '../../ingest/store/store.ts'
import { openSqliteTopic } from '../../ingest/topic/sqlite-topic.ts'
import { openLedger } from '../../notifier/ledger/open.ts'
import { LEDGER_FILE } from '../../notifier/ledger/schema.ts'
import { startNotifier } from '../../notifier/setup.ts'
import { readSecret } from '../config/environment.ts'
import type { Settings } from '../config/schema/settings.ts'
import { writeCopies } from '../copies/write-copies.ts'
import type { Catalogue } from '../domain/catalogue.ts'
import type { Clock } from '../domain/clock.ts'
import { openClickHouse } from '../platform/clickhouse.ts'
import { readOnlyClickHouse } from '../platform/clickhouse-server-readonly.ts'
import type { Log } from '../platform/log.ts'
import { openPeppers } from '../platform/pepper.ts'
import { startTelemetry } from '../platform/telemetry.ts'
import { Doors } from '../process/doors.ts'
import { Lifecycle } from '../process/lifecycle.ts'
import { listen } from '../process/listen.ts'
import { observeDoors, observeStandings, observeStore } from '../process/observe.ts'
import { Progress } from '../process/progress.ts'
import { questions } from '../process/questions.ts'
import { statusApp } from '../process/status-app.ts'
import { repeat, type Watched, watching } from '../process/watching.ts'
import { removeAddress, writeAddress } from './address-file.ts'

export interface EmbeddedOptions {
  readonly catalogue: Catalogue
  readonly settings: Settings
  /** A file to read again when it changes, and what it said at start; undefined: the catalogue stays. */
  readonly watch: Watched | undefined
  readonly data: string
  readonly host: string
  readonly port: number
  readonly clock: Clock
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: Log
  /** Time between two rounds of letters; 0: none go from this process. */
  readonly notifyEveryMs: number
}

export interface Running {
  /** `http://127.0.0.1:8080` */
  readonly url: string
  /** The catalogue in force. */
  catalogue(): Catalogue
  /** One round of letters now: plans what is due, hands over what may go. */
  notifyOnce(): Promise<void>
  /** Resolves when everything that stands on the topic now is stored. */
  settle(): Promise<void>
  /** Finishes what is under way and closes everything; what stands on the topic is stored at the next start. */
  stop(): Promise<void>
}

export const DEAD_FILE = 'dead.db'
/** New operations appear as they are called: the copies follow this often. */
const COPY_EVERY_MS = 60_000
/** A trickle is stored about once a second: each range costs the engine some 80 ms, however short. */
const GATHER_MS = 900

/** Everything in one process: topic on SQLite, ClickHouse inside, outbox. Parts start in the order of the data and stop in reverse. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Running> {
  const lifecycle = new Lifecycle()
  try {
    return await start(options, lifecycle)
  } catch (error) {
    await lifecycle.stop((part, fault) => options.log.error({ part, err: fault }, 'a part did not stop'))
    throw error
  }
}

async function start(options: EmbeddedOptions, lifecycle: Lifecycle): Promise<Running> {
  const { settings, clock, log, data } = options
  let { catalogue } = options
  let { access } = settings
  const telemetry = startTelemetry('lastcall', options.environment, log)
  lifecycle.started('telemetry', () => telemetry.stop())
  const topic = await openSqliteTopic({
    folder: data,
    clock,
    partitions: settings.topic.partitions,
    gatherMs: GATHER_MS,
    limitBytes: settings.topic.diskBytes,
    onFault: (partition, error) => log.error({ partition, err: error }, 'a partition waits and will be offered again'),
  })
  lifecycle.started('topic', () => topic.close())
  const peppers = await openPeppers({ folder: data, variable: settings.pepperEnv, environment: options.environment })
  const clickhouse = await openClickHouse({ embedded: { folder: join(data, 'clickhouse') } })
  lifecycle.started('clickhouse', () => clickhouse.close())
  const { clickhousePort } = settings.listen
  if (clickhousePort !== undefined) {
    const look = await readOnlyClickHouse({ folder: join(data, 'clickhouse'), port: clickhousePort })
    lifecycle.started('look into clickhouse', () => look.close())
    log.info({ port: look.port }, 'ClickHouse can be read here, on this machine')
  }
  await migrate(clickhouse, { clock, retention: settings.retention, pinned: async () => sqlitePinned(data) })
  await writeCopies(clickhouse, catalogue, clock.now())
  const dead = openDeadLetters(join(data, DEAD_FILE))
  lifecycle.started('dead letters', () => dead.close())
  const progress = new Progress()
  const store = progress.watch(createStore({ clickhouse, dead, clock, log }))
  const consumption = await topic.consume(store)
  lifecycle.started('store', () => consumption.stop())

  const ledger = openLedger(join(data, LEDGER_FILE))
  lifecycle.started('ledger', () => ledger.close())

  const app = await statusApp({ readTokens: () => access.read, log, telemetry, notReady: () => doors.notReady() })
  const doors = new Doors({
    app,
    catalogue,
    settings,
    environment: options.environment,
    topic,
    positionOf: key => topic.positionOf(key),
    peppers,
    data,
    clock,
    log,
  })
  observeDoors(() => doors.held())
  observeStore({ topic, progress, clickhouse, clock })
  const { reader, standings } = questions({ app, catalogue: () => catalogue, clickhouse, ledger, clock })
  observeStandings(standings, clock)
  const url = await listen(app, options.host, options.port, settings.access)
  lifecycle.started('http', () => app.close())

  const stopped = new AbortController()
  lifecycle.started('doors', () => doors.close())
  await doors.open()
  const copy = async (): Promise<void> => {
    await writeCopies(clickhouse, catalogue, clock.now()).catch(error =>
      log.warn({ err: error }, 'the copies for dashboards could not be written'),
    )
  }
  if (options.watch !== undefined) {
    watching(options.watch, {
      clock,
      environment: options.environment,
      log,
      signal: stopped.signal,
      onGood(good) {
        catalogue = good.catalogue
        access = good.settings.access
        doors.use(catalogue, good.settings)
        void copy()
      },
    })
  }
  const copying = repeat(copy, COPY_EVERY_MS, clock, stopped.signal)
  lifecycle.started('copies', () => {
    stopped.abort()
    return copying
  })
  const notifier = startNotifier({
    settings,
    catalogue: () => catalogue,
    reader,
    data,
    clock,
    signal: stopped.signal,
    secret: variable => readSecret(options.environment, variable),
    onStep: (step, what) => {
      if (step === 'trouble') log.warn({ what }, 'a letter or a round met trouble')
    },
  })
  const notifying = options.notifyEveryMs === 0 ? Promise.resolve() : notifier.run(options.notifyEveryMs)
  lifecycle.started('notifier', async () => {
    stopped.abort()
    await notifying
    await notifier.close()
  })
  await writeAddress(data, { url, pid: process.pid })
  lifecycle.started('address', () => removeAddress(data))
  return {
    url,
    catalogue: () => catalogue,
    notifyOnce: async () => void (await notifier.round()),
    settle: async () => progress.reached(await topic.ends(), clock),
    stop: () => lifecycle.stop((part, error) => log.error({ part, err: error }, 'a part did not stop')),
  }
}
