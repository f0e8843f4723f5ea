import Type from 'typebox'
import { closed, environmentName, httpUrl, line, oneOf, whole } from './words.ts'

/** TLS and SASL of a connection to Kafka brokers. Secrets are named, certificates are files (PEM). */
export const kafkaSecurity = {
  ssl: Type.Boolean({ default: false }),
  'ca-file': Type.Optional(line),
  'cert-file': Type.Optional(line),
  'key-file': Type.Optional(line),
  sasl: Type.Optional(
    Type.Object(
      {
        mechanism: oneOf(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer']),
        /** For oauthbearer: the client id. */
        username: line,
        /** For oauthbearer: the client's secret. */
        'password-env': environmentName,
        /** oauthbearer only: where a token is got by client credentials (RFC 6749 section 4.4). */
        'token-url': Type.Optional(httpUrl),
        scope: Type.Optional(line),
      },
      closed,
    ),
  ),
} as const

/** TLS of a listener: certificate chain and key (PEM); with `client-ca-file` only senders it signed may connect. */
export const serverTls = {
  'cert-file': Type.Optional(line),
  'key-file': Type.Optional(line),
  'client-ca-file': Type.Optional(line),
} as const

const port = Type.Optional(whole(0, 65_535))

/** Ports on which one source takes syslog. Nothing acknowledges there: what is under way when a process dies is lost. */
export const syslogSchema = Type.Object(
  {
    host: Type.String({ ...line, default: '127.0.0.1' }),
    udp: port,
    tcp: port,
    tls: port,
    ...serverTls,
    /** CIDR networks that may send; this machine always may. */
    allow: Type.Array(line, { default: [] }),
  },
  closed,
)

/** A Kafka topic whose messages are log records. Without brokers: those of `topic.kafka`. */
export const kafkaSourceSchema = Type.Object(
  {
    topic: line,
    brokers: Type.Optional(Type.Array(line, { minItems: 1 })),
    'group-id': Type.String({ ...line, default: 'lastcall.sources' }),
    ...kafkaSecurity,
  },
  closed,
)

/** What one source may send; above it the answer is 429 (413 for one body). */
export const sourceLimitsSchema = Type.Object(
  {
    'bytes-per-second': Type.Optional(whole(1, Number.MAX_SAFE_INTEGER)),
    'uploads-per-second': Type.Optional(whole(1, 1_000_000)),
    'body-bytes': Type.Optional(whole(1, 1_073_741_824)),
  },
  { ...closed, default: {} },
)
