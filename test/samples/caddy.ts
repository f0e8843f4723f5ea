import type { Sample } from './sample.ts'

export const CADDY: readonly Sample[] = [
  {
    // Ten requests (two answered 401, one by Bob) and a debug line of the reverse proxy.
    file: 'caddy/caddy-access.json.log',
    format: 'caddy',
    lines: 11,
    calls: 10,
    unparsed: {},
    dropped: { 'not-a-request': 1 },
    consumer: 'auto:user:Bob',
    first: { host: '127.0.0.1', operation: 'GET /' },
  },
  {
    // One refused request, six times.
    file: 'caddy/caddy-basic-auth.json.log',
    format: 'caddy',
    lines: 6,
    calls: 6,
    unparsed: {},
    dropped: {},
    consumer: null,
    first: { host: 'localhost', operation: 'GET /' },
  },
  {
    file: 'generated/caddy-2.6-access.ndjson',
    format: 'caddy',
    lines: 25,
    calls: 25,
    unparsed: {},
    dropped: {},
    consumer: null,
    first: { host: 'api.example.com', operation: 'GET /v1/orders/{}' },
  },
]
