import { readFileSync } from 'node:fs'
import { type ChannelOptions, Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import protobuf from 'protobufjs'
import type { Test } from 'tap'
import { defaultSource, openCatalogue } from '../../services/config/open-catalogue.ts'
import type { Source } from '../../services/domain/catalogue.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { decodeBlock } from '../block/decode.ts'
import { ByteBudget } from '../collect/budget.ts'
import { Collector } from '../collect/collector.ts'
import { createKeyDigest } from '../normalise/key-digest.ts'
import { openSqliteTopic } from '../topic/sqlite-topic.ts'
import { type GrpcOptions, startGrpc } from './grpc.ts'
import { SourceRates } from './rate.ts'

/** A message type of the published protos: an encoder and decoder that is not ours. */
export function published(file: string, name: string): protobuf.Type {
  return protobuf.parse(readFileSync(new URL(`proto/${file}.proto`, import.meta.url), 'utf8')).root.lookupType(name)
}
export const EXPORT_REQUEST = published('otlp-logs', 'ExportLogsServiceRequest')
export const EXPORT_RESPONSE = published('otlp-logs', 'ExportLogsServiceResponse')
export const STATUS = published('rpc-status', 'Status')
export const RETRY_INFO = published('rpc-status', 'RetryInfo')
export const ENVOY_MESSAGE = published('envoy-als', 'StreamAccessLogsMessage')

export const encode = (type: protobuf.Type, value: object): Buffer =>
  Buffer.from(type.encode(type.fromObject(value)).finish())
export const decode = (type: protobuf.Type, bytes: Uint8Array): Record<string, unknown> =>
  type.toObject(type.decode(bytes), { longs: String, enums: String })

/** One request a record, each with an id of its own. */
export const exportRequest = (ids: readonly string[]): Buffer =>
  encode(EXPORT_REQUEST, { resourceLogs: [{ scopeLogs: [{ logRecords: ids.map(logRecord) }] }] })

export const logRecord = (id: string) => ({
  timeUnixNano: `${BigInt(Date.now()) * 1_000_000n}`,
  attributes: [
    { key: 'http.request.method', value: { stringValue: 'GET' } },
    { key: 'url.path', value: { stringValue: '/v1/orders/7' } },
    { key: 'http.response.status_code', value: { intValue: '200' } },
    { key: 'server.address', value: { stringValue: 'api.partner.example' } },
    { key: 'http.request.id', value: { stringValue: id } },
  ],
})

export interface OpenGrpc {
  readonly port: number
  readonly held: () => number
  /** Turns the topic off and on. */
  accept(yes: boolean): void
  /** What stands on the topic, once: request ids by source, tallies by `outcome:reason`, upload keys. */
  stands(): Promise<{ ids: string[]; sources: Set<string>; tallies: Record<string, number>; keys: string[] }>
  client(options?: ChannelOptions): Client
  stop(): Promise<void>
}

/** The gRPC door before a topic on disk; closed when the test ends. */
export async function openGrpc(
  t: Test,
  over: Partial<Omit<GrpcOptions, 'grpc'>> & { readonly grpc?: Partial<GrpcOptions['grpc']> } = {},
  sources: readonly Partial<Source>[] = [],
): Promise<OpenGrpc> {
  const topic = await openSqliteTopic({ folder: t.testdir(), clock: systemClock, partitions: 2, gatherMs: 10 })
  let accepts = true
  const open = openCatalogue()
  const all = new Map(open.sources)
  for (const source of sources) all.set(source.id ?? '', { ...defaultSource(source.id ?? ''), ...source })
  const collector = new Collector({
    topic: {
      partitions: topic.partitions,
      append: (partition, blocks) => topic.append(partition, blocks),
      accepts: () => accepts && topic.accepts(),
      consume: handler => topic.consume(handler),
      ends: () => topic.ends(),
      close: () => topic.close(),
    },
    catalogue: { ...open, sources: all },
    digest: createKeyDigest({ current: { id: 'p1', secret: Buffer.alloc(32, 7) }, earlier: [] }),
  })
  const budget = new ByteBudget(16_000_000)
  const limits = { bodyBytes: 4_000_000, decodedBytes: 4_000_000, ratio: 1_000 }
  const { grpc, ...rest } = over
  const listener = { host: '127.0.0.1', port: 0, ...grpc }
  const stops: (() => unknown)[] = []
  t.teardown(async () => {
    for (const stop of stops) await stop()
    await topic.close()
  })
  const door = await startGrpc({
    ...{ collector, clock: systemClock, log: silentLog, tokens: () => [], budget, rates: new SourceRates(), limits },
    ...rest,
    grpc: listener,
  })
  stops.push(() => door.stop())
  const found = {
    ids: [] as string[],
    sources: new Set<string>(),
    tallies: {} as Record<string, number>,
    keys: [] as string[],
  }
  const seen = new Set<string>()
  await topic.consume({
    assigned: async () => {},
    revoked: () => {},
    blocks: async (lease, blocks) => {
      for (const { payload, headers } of blocks) {
        const ids = decodeBlock(payload).find(({ name }) => name === 'request_id')?.values ?? []
        for (const { key, part, tallies, first, rows } of headers.uploads) {
          found.keys.push(key)
          if (seen.has(`${key} ${part}`)) continue
          seen.add(`${key} ${part}`)
          found.sources.add(headers.source)
          found.ids.push(...ids.slice(first, first + rows).map(String))
          for (const { outcome, reason, lines } of tallies) {
            const name = reason === '' ? outcome : `${outcome}:${reason}`
            found.tallies[name] = (found.tallies[name] ?? 0) + lines
          }
        }
      }
      const last = blocks.at(-1)
      if (last !== undefined) await lease.commit(last.offset + 1n, '')
    },
  })
  return {
    port: door.port,
    held: () => budget.held,
    accept: yes => {
      accepts = yes
    },
    async stands() {
      let before = -1
      while (found.keys.length !== before) {
        before = found.keys.length
        await systemClock.sleep(120)
      }
      return found
    },
    client(options = {}) {
      const client = new Client(`127.0.0.1:${door.port}`, credentials.createInsecure(), options)
      stops.unshift(() => client.close())
      return client
    },
    stop: () => door.stop(),
  }
}

export const asIs = (bytes: Buffer): Buffer => bytes
const metadataOf = (pairs: Readonly<Record<string, string>>): Metadata => {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(pairs)) metadata.set(name, value)
  return metadata
}

export interface Exported {
  readonly code: number
  readonly response: Record<string, unknown> | undefined
  /** Seconds of RetryInfo, undefined when none came. */
  readonly retry: string | undefined
}

const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'

export function exportLogs(
  client: Client,
  bytes: Buffer,
  pairs: Readonly<Record<string, string>> = {},
): Promise<Exported> {
  return new Promise(resolve => {
    client.makeUnaryRequest(EXPORT, asIs, asIs, bytes, metadataOf(pairs), (error, response) => {
      resolve({
        code: error?.code ?? 0,
        response: response === undefined ? undefined : decode(EXPORT_RESPONSE, response),
        retry: error === null ? undefined : retryOf(error),
      })
    })
  })
}

function retryOf(error: ServiceError): string | undefined {
  const [details] = error.metadata.get('grpc-status-details-bin')
  if (!Buffer.isBuffer(details)) return undefined
  const status = decode(STATUS, details) as { code: number; details?: { typeUrl: string; value: Uint8Array }[] }
  if (status.code !== error.code) return `code ${status.code}`
  const info = status.details?.find(({ typeUrl }) => typeUrl === 'type.googleapis.com/google.rpc.RetryInfo')
  if (info === undefined) return undefined
  return (decode(RETRY_INFO, info.value) as { retryDelay: { seconds: string } }).retryDelay.seconds
}

const STREAM = '/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs'

/** Opens a stream as Envoy does; `code` is how it ended. */
export function envoyStream(client: Client, pairs: Readonly<Record<string, string>> = {}) {
  let end: (code: number) => void = () => {}
  const code = new Promise<number>(resolve => {
    end = resolve
  })
  const call = client.makeClientStreamRequest(STREAM, asIs, asIs, metadataOf(pairs), error => end(error?.code ?? 0))
  return { call, code }
}
