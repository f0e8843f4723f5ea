import type { Sample } from './sample.ts'

/** Six combined lines (two with a virtual host in front), one common line, two lines of the error log. */
export const APACHE: readonly Sample[] = [
  {
    file: 'apache/apache2-mixed.log',
    format: 'combined',
    lines: 9,
    calls: 7,
    unparsed: { 'unknown-format': 2 },
    dropped: {},
    consumer: null,
    first: { host: '', operation: 'GET /' },
  },
]
