import type { Sample } from './sample.ts'

/** 23 requests: 21 that are calls, a TLS handshake and "NOT HTTP AT ALL", which are none. */
const AWKWARD = { lines: 23, calls: 21, unparsed: { 'no-request': 2 }, dropped: {} } as const
/** The same as datagrams, with a marker line behind each. */
const DATAGRAMS = { lines: 46, calls: 21, unparsed: { 'no-request': 2, 'unknown-format': 23 }, dropped: {} } as const

export const NGINX: readonly Sample[] = [
  {
    // Three plain lines, three with a virtual host in front, one with a user, one with the user left out; one error log line.
    file: 'nginx/nginx-combined.log',
    format: 'combined',
    lines: 9,
    calls: 8,
    unparsed: { 'unknown-format': 1 },
    dropped: {},
    consumer: null,
    first: { host: '', operation: 'GET /.well-known/acme-challenge/{}' },
  },
  {
    // Bytes of twelve attacks, the last line without a line end.
    file: 'nginx/nginx-malformed-requests.log',
    format: '',
    lines: 12,
    calls: 0,
    unparsed: { 'no-request': 12 },
    dropped: {},
    consumer: null,
    first: null,
  },
  {
    ...AWKWARD,
    file: 'generated/nginx-1.22-combined.log',
    format: 'combined',
    consumer: null,
    first: { host: '', operation: 'GET /v1/orders/{}' },
  },
  {
    // The first request carries a key in x_api_key; what it says in "consumer" is its own word.
    ...AWKWARD,
    file: 'generated/nginx-1.22-json-escape.ndjson',
    format: 'nginx-json',
    consumer: 'auto:key:',
    first: { host: 'api.example.com', operation: 'GET /v1/orders/{}' },
  },
  {
    // Thirteen lines are no JSON (`"urt":}`, `"urt":0.000, 0.003`); none of the 23 logs a method.
    file: 'generated/nginx-1.22-json-UNQUOTED-invalid.ndjson',
    format: '',
    lines: 23,
    calls: 0,
    unparsed: { 'no-request': 23 },
    dropped: {},
    consumer: null,
    first: null,
  },
  {
    ...DATAGRAMS,
    file: 'generated/nginx-1.22-syslog-udp-combined.datagrams',
    format: 'combined',
    consumer: null,
    first: { host: '', operation: 'GET /v1/orders/{}' },
  },
  {
    ...DATAGRAMS,
    file: 'generated/nginx-1.22-syslog-udp-json.datagrams',
    format: 'nginx-json',
    consumer: 'auto:key:',
    first: { host: 'api.example.com', operation: 'GET /v1/orders/{}' },
  },
]
