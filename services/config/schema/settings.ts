import Type, { type Static } from 'typebox'
import type { CamelKeys } from '../camel-keys.ts'
import { kafkaSecurity, serverTls } from './connections.ts'
import { closed, digest, environmentName, httpUrl, line, oneOf, whole } from './words.ts'

const MiB = 1_048_576
/** An empty section takes its own defaults. */
const section = { ...closed, default: {} } as const

/** How one installation runs. Every key has a default that suits a laptop; secrets are named, never written. */
export const settingsSchema = Type.Object(
  {
    listen: Type.Object(
      {
        host: Type.String({ ...line, default: '127.0.0.1' }),
        port: whole(0, 65_535, { default: 8080 }),
        /** ClickHouse's HTTP interface on loopback, for reading only, of an embedded store; absent: closed. */
        'clickhouse-port': Type.Optional(whole(0, 65_535)),
      },
      section,
    ),
    access: Type.Object(
      {
        /** Tokens that may send to any source. */
        ingest: Type.Array(digest, { default: [] }),
        /** Tokens that may read. */
        read: Type.Array(digest, { default: [] }),
      },
      section,
    ),
    limits: Type.Object(
      {
        /** Of one body as sent, and as decoded. */
        'encoded-bytes': whole(1, 1024 * MiB, { default: 64 * MiB }),
        'decoded-bytes': whole(1, 1024 * MiB, { default: 64 * MiB }),
        /** Of all bodies being worked on: above it senders get 503 and come again. */
        'in-flight-bytes': whole(1, 64 * 1024 * MiB, { default: 256 * MiB }),
      },
      section,
    ),
    topic: Type.Object(
      {
        /** Fixed for the topic's life. */
        partitions: whole(1, 1_024, { default: 4 }),
        /** Of the embedded topic: above it senders get 503. */
        'disk-bytes': whole(16 * MiB, Number.MAX_SAFE_INTEGER, { default: 4096 * MiB }),
        kafka: Type.Optional(
          Type.Object(
            {
              brokers: Type.Array(line, { minItems: 1 }),
              'client-id': Type.String({ ...line, default: 'lastcall' }),
              'group-id': Type.String({ ...line, default: 'lastcall.store' }),
              /** So long the partitions of a killed store wait for another one. */
              'session-ms': whole(1_000, 300_000, { default: 30_000 }),
              ...kafkaSecurity,
            },
            closed,
          ),
        ),
      },
      section,
    ),
    /** Absent: ClickHouse runs inside the process. */
    clickhouse: Type.Optional(
      Type.Object(
        {
          url: httpUrl,
          user: Type.String({ ...line, default: 'default' }),
          'password-env': Type.Optional(environmentName),
          /** Who only asks (serve, notify and the commands that answer questions) asks as this user; absent: as the other. */
          reader: Type.Optional(Type.Object({ user: line, 'password-env': Type.Optional(environmentName) }, closed)),
          database: Type.String({
            pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$',
            description: 'a name of letters, digits and "_"',
            default: 'lastcall',
          }),
          /** Name of the cluster its tables are replicated in; absent: a single server. */
          cluster: Type.Optional(
            Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_-]{0,63}$', description: 'the name of a ClickHouse cluster' }),
          ),
        },
        closed,
      ),
    ),
    /** OTLP/gRPC and Envoy's access-log service; absent: not offered. */
    grpc: Type.Optional(
      Type.Object(
        {
          host: Type.String({ ...line, default: '127.0.0.1' }),
          port: whole(0, 65_535, { default: 4317 }),
          ...serverTls,
        },
        closed,
      ),
    ),
    /** Absent: letters go to the outbox folder only. */
    smtp: Type.Optional(
      Type.Object(
        {
          host: line,
          port: whole(1, 65_535, { default: 587 }),
          tls: oneOf(['starttls', 'implicit', 'none'], { default: 'starttls' }),
          user: Type.Optional(line),
          'password-env': Type.Optional(environmentName),
        },
        closed,
      ),
    ),
    mail: Type.Object(
      {
        from: Type.String({ ...line, default: 'API changes <api-changes@localhost>' }),
        'reply-to': Type.Optional(line),
        /** No run ever mails more recipients than this. */
        'recipient-cap': whole(0, 1_000_000, { default: 100 }),
        /** Where customers and colleagues reach this installation: links in letters begin with it. */
        'base-url': Type.String({ ...httpUrl, default: 'http://127.0.0.1:8080' }),
      },
      section,
    ),
    retention: Type.Object(
      {
        'calls-days': whole(1, 3_650, { default: 90 }),
        'usage-months': whole(1, 120, { default: 25 }),
        'headers-months': whole(1, 120, { default: 13 }),
      },
      section,
    ),
    'pepper-env': Type.String({ ...environmentName, default: 'LASTCALL_PEPPER' }),
  },
  closed,
)

export type Settings = CamelKeys<Static<typeof settingsSchema>>
