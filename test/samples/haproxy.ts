import type { Sample } from './sample.ts'

const FIRST = { host: '', operation: 'GET /v1/orders/{}' }

/**
 * The three files of datagrams hold 46 each, with a marker line behind each. 23 are httplog: 19 requests and four
 * `<BADREQ>`. 23 are a JSON log-format of the operator's, which nobody knows without a field map: one is broken by
 * a quote in its agent, and under the default length of 1024 bytes another is cut.
 */
export const HAPROXY: readonly Sample[] = [
  {
    // Two requests, three failed TLS handshakes.
    file: 'haproxy/haproxy-httplog-noheader.log',
    format: 'haproxy',
    lines: 5,
    calls: 2,
    unparsed: {},
    dropped: { 'not-a-request': 3 },
    consumer: null,
    first: { host: '', operation: 'GET /xxx/xxx' },
  },
  {
    file: 'generated/haproxy-2.6-udp-default-local-1024.datagrams',
    format: 'haproxy',
    lines: 92,
    calls: 19,
    unparsed: { 'no-request': 4, 'not-json': 2, 'unknown-format': 67 },
    dropped: {},
    consumer: null,
    first: FIRST,
  },
  {
    file: 'generated/haproxy-2.6-udp-rfc3164.datagrams',
    format: 'haproxy',
    lines: 92,
    calls: 19,
    unparsed: { 'no-request': 4, 'not-json': 1, 'unknown-format': 68 },
    dropped: {},
    consumer: null,
    first: FIRST,
  },
  {
    file: 'generated/haproxy-2.6-udp-rfc5424.datagrams',
    format: 'haproxy',
    lines: 92,
    calls: 19,
    unparsed: { 'no-request': 4, 'not-json': 1, 'unknown-format': 68 },
    dropped: {},
    consumer: null,
    first: FIRST,
  },
]
