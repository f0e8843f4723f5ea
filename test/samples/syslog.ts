import type { Sample } from './sample.ts'

/**
 * An nginx line, an HAProxy line, an entry of Kong's that holds nothing but a method and a path, and a JSON record
 * that rsyslog cut at 8 KB before anything was said in it.
 */
const RSYSLOG = {
  format: 'combined',
  lines: 4,
  calls: 2,
  unparsed: { 'unknown-format': 1, 'not-json': 1 },
  dropped: {},
  consumer: null,
  first: { host: '', operation: 'GET /v1/orders/{}' },
} as const
const NOTHING = { format: '', calls: 0, dropped: {}, consumer: null, first: null } as const

export const SYSLOG: readonly Sample[] = [
  { ...RSYSLOG, file: 'generated/rsyslog-8.2302-forwardformat-octet-counted.tcp' },
  { ...RSYSLOG, file: 'generated/rsyslog-8.2302-omfwd-default-3164-lf.tcp' },
  { ...RSYSLOG, file: 'generated/rsyslog-8.2302-protocol23-5424-lf.tcp' },
  // sudo, automount, "last message repeated", and two lines of a layout without a time.
  { ...NOTHING, file: 'syslog/rfc3164-with-access-log.log', lines: 5, unparsed: { 'unknown-format': 5 } },
  // A line of nginx's error log.
  { ...NOTHING, file: 'syslog/rfc5424-nginx-error.log', lines: 1, unparsed: { 'unknown-format': 1 } },
]
