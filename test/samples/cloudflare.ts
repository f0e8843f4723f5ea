import type { Sample } from './sample.ts'

export const CLOUDFLARE: readonly Sample[] = [
  {
    file: 'cloudflare/cloudflare-http-requests-unixnano.ndjson',
    format: 'cloudflare',
    lines: 15,
    calls: 15,
    unparsed: {},
    dropped: {},
    consumer: null,
    first: { host: 'www.example.com', operation: 'GET /' },
  },
  {
    file: 'synthetic/cloudflare-test.txt.gz',
    format: '',
    lines: 0,
    calls: 0,
    unparsed: {},
    dropped: {},
    consumer: null,
    first: null,
  },
]
