import type { Sample } from './sample.ts'

const APP = 'auto:app:91f077b0-1204-49e4-b077-b0120419e4f6'

/** Gateways whose lines are text. */
export const TEXT_GATEWAYS: readonly Sample[] = [
  {
    // Seven lines and two blank ones; one was answered by Traefik itself and has no status of the service.
    file: 'traefik/traefik-access.clf.log',
    format: 'traefik-clf',
    lines: 7,
    calls: 7,
    unparsed: {},
    dropped: {},
    consumer: null,
    first: { host: '', operation: 'GET /scripts/cpshost.dll' },
  },
  {
    // Eleven lines of its own, one combined, two of the error log. The first path, `/sdfdsf`, is no word: it may be a token.
    file: 'nginx/nginx-proxy-manager.log',
    format: 'nginx-proxy-manager',
    lines: 14,
    calls: 12,
    unparsed: { 'unknown-format': 2 },
    dropped: {},
    consumer: null,
    first: { host: 'openresty.local', operation: 'GET /{}' },
  },
  {
    // Two requests, and the error of the second on a line of its own.
    file: 'synthetic/krakend-ce-gin.log',
    format: 'krakend',
    lines: 3,
    calls: 2,
    unparsed: {},
    dropped: { 'not-a-request': 1 },
    consumer: null,
    first: { host: '', operation: 'GET /v1/orders/{}' },
  },
  {
    file: 'synthetic/tyk-pump-syslog-gomap.log',
    format: 'tyk-syslog',
    lines: 1,
    calls: 1,
    unparsed: {},
    dropped: {},
    consumer: 'auto:consumer:acme-prod',
    first: { host: '', operation: 'GET /orders/{}' },
  },
  {
    file: 'gravitee/v4-metrics-with-security-token.csv',
    format: 'gravitee-csv',
    lines: 1,
    calls: 1,
    unparsed: {},
    dropped: {},
    consumer: APP,
    first: { host: 'localhost', operation: 'GET /test-v4' },
  },
  {
    file: 'gravitee/v2-metrics.csv',
    format: 'gravitee-csv',
    lines: 1,
    calls: 1,
    unparsed: {},
    dropped: {},
    consumer: APP,
    first: { host: 'localhost', operation: 'GET /test' },
  },
]
