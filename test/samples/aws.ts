import type { Sample } from './sample.ts'

const CREDENTIAL = 'auto:credential:a1b2c3d4e5'
const FIRST = { host: 'api.example.com', operation: 'GET /orders/{}' }

export const AWS: readonly Sample[] = [
  {
    // Two records of one call each, one of two glued to each other, one empty.
    file: 'synthetic/firehose-request-direct-put.json',
    format: 'aws-api-gateway',
    lines: 4,
    calls: 4,
    unparsed: {},
    dropped: {},
    consumer: CREDENTIAL,
    first: FIRST,
  },
  {
    // A control message, which holds nothing, and two log events.
    file: 'synthetic/firehose-request-cloudwatch-logs-gzip.json',
    format: 'aws-api-gateway',
    lines: 2,
    calls: 2,
    unparsed: {},
    dropped: {},
    consumer: CREDENTIAL,
    first: FIRST,
  },
  {
    // Eight HTTP headers, not a log.
    file: 'synthetic/firehose-request-headers.txt',
    format: '',
    lines: 8,
    calls: 0,
    unparsed: { 'unknown-format': 8 },
    dropped: {},
    consumer: null,
    first: null,
  },
  {
    // "Hello World", twice.
    file: 'aws-firehose/firehose-transform-event.json',
    format: '',
    lines: 2,
    calls: 0,
    unparsed: { 'unknown-format': 2 },
    dropped: {},
    consumer: null,
    first: null,
  },
  {
    // "[ERROR] First test message" and a second one.
    file: 'aws-firehose/cloudwatch-logs-event-gzip-base64.json',
    format: '',
    lines: 2,
    calls: 0,
    unparsed: { 'unknown-format': 2 },
    dropped: {},
    consumer: null,
    first: null,
  },
]
