import type { Sample } from './sample.ts'

/** One record each: Apigee, Fastly, Tyk. Tyk's `host` is the upstream, Apigee's message has none. */
export const GATEWAYS: readonly Sample[] = [
  {
    file: 'synthetic/apigee-messagelogging-syslog.log',
    format: 'apigee',
    lines: 1,
    calls: 1,
    unparsed: {},
    dropped: {},
    consumer: 'auto:app:acme-app',
    first: { host: '', operation: 'GET /v1/orders/{}' },
  },
  {
    file: 'synthetic/fastly-https-json-array.json',
    format: 'fastly',
    lines: 1,
    calls: 1,
    unparsed: {},
    dropped: {},
    consumer: null,
    first: { host: 'api.example.com', operation: 'GET /v1/orders/{}' },
  },
  {
    file: 'synthetic/tyk-pump-kafka.ndjson',
    format: 'tyk',
    lines: 1,
    calls: 1,
    unparsed: {},
    dropped: {},
    consumer: 'auto:consumer:acme-prod',
    first: { host: '', operation: 'GET /orders/{}' },
  },
]
