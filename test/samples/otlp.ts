import type { Sample } from './sample.ts'

export const OTLP: readonly Sample[] = [
  {
    // An application's message.
    file: 'otlp/otlp-export-logs-request.json',
    format: '',
    lines: 1,
    calls: 0,
    unparsed: { 'unknown-format': 1 },
    dropped: {},
    consumer: null,
    first: null,
  },
  {
    // One record with semantic conventions, one whose body is a list of fields; the header x-api-key is nobody's word but the caller's.
    file: 'synthetic/otlp-logs-http-semconv.json',
    format: 'otlp',
    lines: 2,
    calls: 2,
    unparsed: {},
    dropped: {},
    consumer: null,
    first: { host: 'api.example.com', operation: 'GET /v1/orders/{}' },
  },
]
