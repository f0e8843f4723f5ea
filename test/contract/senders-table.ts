import { gzipSync, zstdCompressSync } from 'node:zlib'
import { EXPORT_REQUEST, encode } from '../../ingest/door/grpc.fixture.ts'
import { jsonLine } from '../running.ts'

/** One sender as it really posts: path, headers and body as its source or its maker's page has them (reference §2). */
export interface Sender {
  readonly name: string
  /** Address under `/ingest/`; senders of OTLP name their source in a header. */
  readonly path: (source: string) => string
  readonly headers: Readonly<Record<string, string>>
  /** How it carries a token. */
  readonly credential: (token: string) => Readonly<Record<string, string>>
  readonly body: (records: readonly string[]) => Buffer
  /** What its answers must look like; the default is the small JSON receipt and problem details. */
  readonly dialect?: 'firehose' | 'otlp' | 'otlp-protobuf'
}

const ingest = (source: string): string => `/ingest/${source}`
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const basic = (token: string) => ({ authorization: `Basic ${Buffer.from(`lastcall:${token}`).toString('base64')}` })
const json = { 'content-type': 'application/json' }
const array = (records: readonly string[]): Buffer => Buffer.from(`[${records.join(',')}]`)
const lines = (records: readonly string[]): Buffer => Buffer.from(`${records.join('\n')}\n`)
const gzip = { 'content-encoding': 'gzip' }
const firehoseId = 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f'

const otlp = (records: readonly string[]) => ({
  resourceLogs: [
    {
      resource: {},
      scopeLogs: [
        {
          scope: {},
          logRecords: records.map(record => ({
            observedTimeUnixNano: `${Date.now()}000000`,
            body: { stringValue: record },
          })),
        },
      ],
    },
  ],
})

/** A Fluent Bit or Logstash event: the line inside an envelope of its own. */
const wrapped =
  (key: string, more: Readonly<Record<string, unknown>>) =>
  (record: string): string =>
    JSON.stringify({ ...more, [key]: record })

export const SENDERS: readonly Sender[] = [
  {
    name: 'Amazon Data Firehose',
    path: ingest,
    headers: {
      ...json,
      'x-amz-firehose-protocol-version': '1.0',
      'x-amz-firehose-request-id': firehoseId,
      'x-amz-firehose-source-arn': 'arn:aws:firehose:us-east-1:123456789012:deliverystream/calls',
      'user-agent': 'Amazon Kinesis Data Firehose Agent/1.0',
    },
    credential: token => ({ 'x-amz-firehose-access-key': token }),
    body: records =>
      Buffer.from(
        JSON.stringify({
          requestId: firehoseId,
          timestamp: Date.now(),
          records: records.map(record => ({ data: Buffer.from(record).toString('base64') })),
        }),
      ),
    dialect: 'firehose',
  },
  {
    name: 'OpenTelemetry Collector otlphttp, as it is by default',
    path: () => '/v1/logs',
    headers: {
      'content-type': 'application/x-protobuf',
      ...gzip,
      'user-agent': 'OpenTelemetry Collector Contrib/0.140.0 (linux/amd64)',
    },
    credential: bearer,
    body: records => gzipSync(encode(EXPORT_REQUEST, otlp(records))),
    dialect: 'otlp-protobuf',
  },
  {
    name: 'OpenTelemetry Collector otlphttp with JSON',
    path: () => '/v1/logs',
    headers: { ...json, ...gzip, 'user-agent': 'OpenTelemetry Collector Contrib/0.140.0 (linux/amd64)' },
    credential: bearer,
    body: records => gzipSync(JSON.stringify(otlp(records))),
    dialect: 'otlp',
  },
  {
    name: 'Vector http sink',
    path: ingest,
    headers: {
      'content-type': 'application/x-ndjson',
      ...gzip,
      'user-agent': 'Vector/0.50.0 (x86_64-unknown-linux-gnu)',
    },
    credential: bearer,
    body: records =>
      gzipSync(lines(records.map(wrapped('message', { source_type: 'file', timestamp: '2026-11-22T12:00:00.000Z' })))),
  },
  {
    name: 'Fluent Bit http output',
    path: ingest,
    headers: { ...json, 'user-agent': 'Fluent-Bit' },
    credential: basic,
    body: records => array(records.map(wrapped('log', { date: 1795348800.25 }))),
  },
  {
    name: 'Logstash http output with json_batch',
    path: ingest,
    headers: { ...json, 'user-agent': 'Manticore 0.9.1' },
    credential: basic,
    body: records =>
      array(records.map(wrapped('message', { '@timestamp': '2026-11-22T12:00:00.000Z', '@version': '1' }))),
  },
  {
    name: 'Kong http-log',
    path: ingest,
    headers: json,
    credential: basic,
    body: records => (records.length === 1 ? Buffer.from(records[0] ?? '') : array(records)),
  },
  { name: 'APISIX http-logger', path: ingest, headers: json, credential: bearer, body: array },
  {
    name: 'Cloudflare Logpush',
    path: ingest,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...gzip, 'user-agent': 'Go-http-client/2.0' },
    credential: bearer,
    body: records => gzipSync(lines(records)),
  },
  {
    name: 'Fastly HTTPS logging',
    path: ingest,
    headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'zstd' },
    credential: token => ({ 'x-api-key': token }),
    body: records => zstdCompressSync(lines(records)),
  },
  {
    name: 'syslog-ng http()',
    path: ingest,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'syslog-ng 3.38.1/libcurl 7.88.1' },
    credential: basic,
    body: lines,
  },
  {
    name: 'rsyslog omhttp',
    path: ingest,
    headers: json,
    credential: basic,
    body: records => Buffer.from(records.join('\n')),
  },
  {
    name: 'a sender to a Splunk HEC',
    path: ingest,
    headers: json,
    credential: token => ({ authorization: `Splunk ${token}` }),
    body: records => Buffer.from(records.join('')),
  },
]

export const good = (): string => jsonLine()
export const BAD = 'no log line at all'

/** A body that says gzip and is cut. */
export const broken = (): Buffer => {
  const whole = gzipSync(lines(Array.from({ length: 200 }, () => jsonLine())))
  return whole.subarray(0, whole.length >> 1)
}
