import { readFile } from 'node:fs/promises'
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../services/domain/clock.ts'
import { LcError } from '../../services/domain/errors.ts'
import { isLoopback } from '../../services/platform/access.ts'
import { type Log, RareLog } from '../../services/platform/log.ts'
import { counter } from '../../services/platform/metrics.ts'
import type { ByteBudget } from '../collect/budget.ts'
import type { Collector } from '../collect/collector.ts'
import { EnvoyDoor } from './envoy-als.ts'
import type { Peer } from './grpc-admission.ts'
import { answerStatus, RETRY_SECONDS, refuse } from './grpc-answers.ts'
import { keepAlive, limitsOfServer, MOST_CONNECTIONS } from './grpc-limits.ts'
import { GRPC } from './otlp-answers.ts'
import { OtlpDoor } from './otlp-grpc.ts'
import type { SourceRates } from './rate.ts'

export interface GrpcSettings {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Certificate chain and key (PEM): TLS; with `clientCaFile` only senders it signed may connect. */
  readonly certFile?: string | undefined
  readonly keyFile?: string | undefined
  readonly clientCaFile?: string | undefined
}

export interface GrpcOptions {
  readonly grpc: GrpcSettings
  readonly collector: Collector
  readonly clock: Clock
  readonly log: Log
  /** Digests of tokens that may send to any source without its own, asked for at each call. None: only senders on this machine pass. */
  readonly tokens: () => readonly string[]
  /** Shared with the other doors: bytes that uploads may hold in memory. */
  readonly budget: ByteBudget
  readonly rates: SourceRates
  readonly limits: { readonly bodyBytes: number; readonly decodedBytes: number; readonly ratio: number }
}

/** What both services need of the door they stand in. */
export interface GrpcDoorway extends GrpcOptions {
  /** Says at most once a minute that senders without a valid token were refused. */
  refused(): void
  /** Counts an upload by the HTTP status that its answer corresponds to. */
  answered(status: number): void
  /** Aborted when the door closes. */
  readonly closing: AbortSignal
}

export interface GrpcServer {
  readonly host: string
  readonly port: number
  /** Takes nothing new, brings what was read to the topic, closes. Idempotent. */
  stop(): Promise<void>
}

const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
const STREAM = '/envoy.service.accesslog.v3.AccessLogService/StreamAccessLogs'
/** How long uploads under way have when we stop. */
const STOP_MS = 5_000
const MINUTE = 60_000

/**
 * OTLP/gRPC and Envoy's gRPC access-log service on one port, over node:http2 (docs/decisions/grpc.md says why).
 * Throws LC_GRPC_OPEN, LC_GRPC_TLS (exit 2), LC_GRPC_PORT (exit 3).
 */
export async function startGrpc(options: GrpcOptions): Promise<GrpcServer> {
  const { grpc, log, clock, tokens } = options
  if (grpc.host !== 'localhost' && !isLoopback(grpc.host) && tokens().length === 0)
    throw new LcError(
      'LC_GRPC_OPEN',
      `gRPC on ${grpc.host} can be reached from other machines, and no ingest token is configured.`,
      'Put digests under access.ingest (`lastcall digest --token`), or let grpc listen on 127.0.0.1.',
      2,
    )
  const server = await createServerOf(grpc)
  const closing = new AbortController()
  const refusals = new RareLog(MINUTE)
  const uploads = counter('uploads')
  const doorway: GrpcDoorway = {
    ...options,
    refused: () =>
      refusals.say(clock.now(), times => log.warn({ times }, 'gRPC: refused senders without a valid token')),
    answered: status => uploads.add(1, { status }),
    closing: closing.signal,
  }
  const sessions = new Set<ServerHttp2Session>()
  server.maxConnections = MOST_CONNECTIONS
  server.on('session', session => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
    keepAlive(session)
  })
  server.on('sessionError', () => {})
  const calls = new Set<Promise<void>>()
  const otlp = new OtlpDoor(doorway)
  const envoy = new EnvoyDoor(doorway)
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    // A sender that goes away is no fault of ours; the loop that reads it learns of it too.
    stream.on('error', () => {})
    const peer: Peer = { address: stream.session?.socket.remoteAddress, headers }
    const call = serve(stream, headers, peer)
      .catch(error => {
        log.error({ err: error }, 'a gRPC call failed by a fault of ours')
        answerStatus(stream, GRPC.unavailable, 'This upload could not be taken.', RETRY_SECONDS)
      })
      .finally(() => calls.delete(call))
    calls.add(call)
  })

  async function serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, peer: Peer): Promise<void> {
    const type = headers['content-type'] ?? ''
    if (headers[':method'] !== 'POST' || !type.startsWith('application/grpc')) {
      refuse(stream, { ':status': 415 })
    } else if (headers[':path'] === EXPORT) await otlp.serve(stream, peer)
    else if (headers[':path'] === STREAM) await envoy.serve(stream, peer)
    else answerStatus(stream, GRPC.unimplemented, 'Only OTLP logs and Envoy access logs are taken here.')
  }

  const port = await listen(server, grpc)
  let stopped: Promise<void> | undefined
  return {
    host: grpc.host,
    port,
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }

  async function stop(): Promise<void> {
    closing.abort()
    const closed = new Promise<void>(resolve => server.close(() => resolve()))
    for (const session of sessions) session.close()
    const patience = new AbortController()
    const late = clock.sleep(STOP_MS, patience.signal).then(
      () => {
        for (const session of sessions) session.destroy()
      },
      () => {},
    )
    await closed
    await Promise.all(calls)
    patience.abort()
    await late
  }
}

async function createServerOf({ certFile, keyFile, clientCaFile }: GrpcSettings): Promise<Http2Server> {
  if (certFile === undefined && keyFile === undefined && clientCaFile === undefined) return createServer(limitsOfServer)
  try {
    if (certFile === undefined || keyFile === undefined) throw new Error('cert-file and key-file go together')
    return createSecureServer({
      ...limitsOfServer,
      cert: await readFile(certFile),
      key: await readFile(keyFile),
      minVersion: 'TLSv1.2',
      handshakeTimeout: 10_000,
      ...(clientCaFile === undefined
        ? {}
        : { ca: await readFile(clientCaFile), requestCert: true, rejectUnauthorized: true }),
    })
  } catch (error) {
    throw new LcError(
      'LC_GRPC_TLS',
      `gRPC's certificate cannot be used (${(error as Error).message}).`,
      'Give grpc.cert-file and grpc.key-file as readable PEM files that belong together.',
      2,
      { cause: error },
    )
  }
}

async function listen(server: Http2Server, { host, port }: GrpcSettings): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      server.on('error', () => {})
      resolve()
    })
  }).catch((error: NodeJS.ErrnoException) => {
    throw new LcError(
      'LC_GRPC_PORT',
      `Port ${port} on ${host} cannot be opened for gRPC (${error.code ?? 'unknown'}).`,
      'Stop the program that has it, or choose another under grpc.port (0: any free one).',
      3,
      { cause: error },
    )
  })
  return (server.address() as AddressInfo).port
}
