import { connect, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import kafkajs, { type ISocketFactoryArgs, type KafkaConfig, type PartitionAssigner, type SASLOptions } from 'kafkajs'
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
import { zstdCodec } from './kafka-codec.ts'
import { kafkaLog } from './kafka-log.ts'
import type { Log } from './log.ts'

export type {
  Admin,
  Consumer,
  EachBatchPayload,
  Kafka,
  KafkaMessage,
  Message,
  PartitionAssigner,
  Producer,
} from 'kafkajs'

/** How brokers are reached. Secrets come from the environment or a file, never from the command line. */
export interface KafkaSettings {
  /** `host:port`, any of the cluster. */
  readonly brokers: readonly string[]
  readonly clientId: string
  /** TLS: `true` for the system's authorities, or PEM texts. */
  readonly tls?:
    | boolean
    | { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string }
  readonly sasl?: KafkaSasl
  /** How long one request may take; default 15,000 ms. */
  readonly requestTimeoutMs?: number
}

export type KafkaSasl =
  | {
      readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'
      readonly username: string
      readonly password: string
    }
  /** `token` is asked for a fresh bearer token whenever a connection is made (RFC 7628). */
  | { readonly mechanism: 'oauthbearer'; readonly token: () => Promise<string> }

const { CompressionCodecs, CompressionTypes, ConfigResourceTypes, Kafka, logLevel, PartitionAssigners } = kafkajs
export const TOPIC_RESOURCE = ConfigResourceTypes.TOPIC
export const LOG_APPEND_TIME = 'LogAppendTime'

/** zstd level 1. */
export const ZSTD = CompressionTypes.ZSTD
CompressionCodecs[ZSTD] = () => zstdCodec

/**
 * A client for these brokers. Nothing is connected yet. Retries inside the client are short: whoever uses it repeats
 * by its own rule.
 */
export function createKafka(settings: KafkaSettings, log: Log): kafkajs.Kafka {
  quietTimer()
  const { tls } = settings
  const config: KafkaConfig = {
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    requestTimeout: settings.requestTimeoutMs ?? 15_000,
    connectionTimeout: 5_000,
    authenticationTimeout: 10_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
    logLevel: logLevel.INFO,
    logCreator: kafkaLog(log),
    socketFactory: openSocket,
  }
  if (tls !== undefined && tls !== false) config.ssl = tls === true ? true : { ...tls }
  if (settings.sasl !== undefined) config.sasl = saslOptions(settings.sasl)
  return new Kafka(config)
}

/** An idempotent producer that goes where each message says, acknowledged by all in-sync replicas. Only ever one send outstanding! */
export function laneProducer(kafka: kafkajs.Kafka): kafkajs.Producer {
  return kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
  })
}

/**
 * As kafkajs opens them, but while a broker is away it asks one socket to end so often that Node warns of listeners:
 * they are gone with the socket.
 */
function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs) {
  const name = isIP(host) === 0 ? { servername: host } : {}
  // Null or undefined where no TLS is configured, whatever the type says.
  const socket = ssl ? connectTls({ host, port, ...name, ...ssl }, onConnect) : connect({ host, port }, onConnect)
  socket.setKeepAlive(true, 60_000)
  socket.setMaxListeners(0)
  return socket
}

function saslOptions(sasl: KafkaSasl): SASLOptions {
  if (sasl.mechanism !== 'oauthbearer') return { ...sasl }
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await sasl.token() }) }
}

/** The broker's name for what went wrong (`UNKNOWN_MEMBER_ID`), also of a wrapped error; '' when it is none of its. */
export function kafkaErrorType(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if ('type' in at && typeof at.type === 'string') return at.type
  }
  return ''
}

/**
 * Round robin, and told before every request to join the group: from that moment on whatever was assigned before may
 * belong to somebody else. kafkajs's own events come later, or on some paths never.
 */
export function watchedAssigner(onJoining: () => void): PartitionAssigner {
  return config => {
    const inner = PartitionAssigners.roundRobin(config)
    return {
      ...inner,
      protocol(subscription) {
        onJoining()
        return inner.protocol(subscription)
      },
    }
  }
}

let quiet = false

/**
 * kafkajs looks after waiting requests with a timer it sets for the past when nothing is throttled and nothing
 * waits (its issue 1751); Node warns of it each time. Then there is nothing to look after: no timer.
 */
function quietTimer(): void {
  if (quiet) return
  quiet = true
  const schedule = RequestQueue.prototype.scheduleCheckPendingRequests
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this)
  }
}
