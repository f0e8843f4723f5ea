import { join } from 'node:path'
import { Collector } from '../../ingest/collect/collector.ts'
import { followFiles } from '../../ingest/door/followed-files.ts'
import { type GrpcServer, startGrpc } from '../../ingest/door/grpc.ts'
import { type HttpDoor, httpDoor } from '../../ingest/door/http.ts'
import { followKafka } from '../../ingest/door/kafka-source.ts'
import { type Positions, SentPositions, topicPositions } from '../../ingest/door/sent-position.ts'
import { type SyslogDoors, startSyslog } from '../../ingest/door/syslog.ts'
import { createKeyDigest } from '../../ingest/normalise/key-digest.ts'
import type { App } from '../api/app.ts'
import { kafkaSettings, topicConnection } from '../config/kafka-settings.ts'
import type { Settings } from '../config/schema/settings.ts'
import type { Catalogue, KafkaSource, Source } from '../domain/catalogue.ts'
import type { Clock } from '../domain/clock.ts'
import { LcError } from '../domain/errors.ts'
import type { Peppers } from '../domain/pepper.ts'
import type { Topic } from '../domain/topic.ts'
import type { Log } from '../platform/log.ts'
import { counter } from '../platform/metrics.ts'

export interface DoorsOptions {
  readonly app: App
  readonly catalogue: Catalogue
  readonly settings: Settings
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly topic: Topic
  /** Highest position of an identity that stands durably on the topic; undefined: it keeps none, `data` does. */
  readonly positionOf: ((identity: string) => Promise<number | undefined>) | undefined
  readonly peppers: Peppers
  /** Folder for what must outlive the process. */
  readonly data: string
  readonly clock: Clock
  readonly log: Log
}

/** Largest share of the decoded size by which a body may grow: a bomb is no log. */
const RATIO = 1_000

/**
 * Everything through which calls come into one process: HTTP at once, as part of `app`; the others once it listens
 * (`open`). All of them lead to one collector.
 */
export class Doors {
  readonly collector: Collector
  readonly #options: DoorsOptions
  readonly #http: HttpDoor
  readonly #stopped = new AbortController()
  #open: Promise<unknown>[] = []
  /** Digests of tokens that may send to any source, as the configuration has them now. */
  #ingest: readonly string[]
  #positions: Positions | undefined
  #grpc: GrpcServer | undefined
  readonly #syslog: SyslogDoors[] = []

  constructor(options: DoorsOptions) {
    const { app, topic, catalogue, settings, peppers, clock, log } = options
    this.#options = options
    this.#ingest = settings.access.ingest
    const lines = counter('lines')
    this.collector = new Collector({
      topic,
      catalogue,
      digest: createKeyDigest(peppers),
      onPart: (source, tally) => {
        for (const { outcome, reason, lines: count } of tally.tallies(0)) lines.add(count, { source, outcome, reason })
      },
    })
    this.#http = httpDoor(app, {
      collector: this.collector,
      clock,
      log,
      tokens: () => this.#ingest,
      limits: this.#limits(),
    })
  }

  /** Takes over a changed configuration: sources with their tokens and limits, and who may send to all of them. */
  use(catalogue: Catalogue, settings: Settings): void {
    this.#ingest = settings.access.ingest
    this.collector.useCatalogue(catalogue)
  }

  /** Bytes that uploads hold in memory now. */
  held(): number {
    return this.#http.held()
  }

  /** Why nothing can be taken now; empty: all is well. */
  notReady(): readonly string[] {
    return this.collector.accepts() ? [] : ['the topic does not accept']
  }

  /** Opens what is not HTTP. */
  async open(): Promise<void> {
    const { catalogue, clock, log, data } = this.#options
    const { grpc } = this.#options.settings
    if (grpc !== undefined) {
      const { collector } = this
      const { budget, rates } = this.#http
      const shared = { collector, clock, log, budget, rates, tokens: () => this.#ingest, limits: this.#limits() }
      this.#grpc = await startGrpc({ grpc, ...shared })
      log.info({ host: grpc.host, port: this.#grpc.port }, 'gRPC takes logs')
    }
    for (const source of catalogue.sources.values()) {
      if (source.syslog !== undefined)
        this.#syslog.push(await startSyslog(source, source.syslog, { collector: this.collector, clock, log }))
      if (source.file !== undefined)
        this.#open.push(
          followFiles(
            source,
            {
              collector: this.collector,
              clock,
              log,
              folder: join(data, 'followed'),
              positions: await this.#standing(),
            },
            this.#stopped.signal,
          ),
        )
      if (source.kafka !== undefined) this.#open.push((await this.#openKafka(source, source.kafka)).reading)
    }
  }

  /** Takes nothing new but by HTTP; resolves when what was under way stands on the topic. */
  async close(): Promise<void> {
    this.#stopped.abort()
    await Promise.all([...this.#open, this.#grpc?.stop(), ...this.#syslog.splice(0).map(doors => doors.stop())])
    this.#open = []
    await this.#positions?.close()
    this.#positions = undefined
  }

  /** Answers the reading itself, wrapped: it goes on until the doors close. */
  async #openKafka(source: Source, from: KafkaSource): Promise<{ readonly reading: Promise<void> }> {
    const { clock, log, environment, settings } = this.#options
    const connection = from.connection ?? topicConnection(settings)
    if (connection === undefined)
      throw new LcError(
        'LC_KAFKA_SOURCE_BROKERS',
        `The source ${source.id} reads a Kafka topic, but no brokers are named.`,
        'Give `kafka.brokers` in the source, or `topic.kafka.brokers`.',
        2,
      )
    const kafka = await kafkaSettings(connection, `lastcall-${source.id}`, environment)
    return {
      reading: followKafka(source, from, { collector: this.collector, clock, log, kafka }, this.#stopped.signal),
    }
  }

  async #standing(): Promise<Positions> {
    const { positionOf, data, clock } = this.#options
    this.#positions ??=
      positionOf === undefined ? await SentPositions.open(join(data, 'sent'), clock) : topicPositions(positionOf)
    return this.#positions
  }

  #limits() {
    const { encodedBytes, decodedBytes, inFlightBytes } = this.#options.settings.limits
    return { bodyBytes: encodedBytes, decodedBytes, ratio: RATIO, inFlightBytes }
  }
}
