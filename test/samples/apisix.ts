import type { Sample } from './sample.ts'

/** Three whole entries; two of a custom log format and one fragment name no method and no status. */
export const APISIX: readonly Sample[] = [
  {
    file: 'apisix/apisix-doc-samples.ndjson',
    format: 'apisix',
    lines: 6,
    calls: 3,
    unparsed: { 'unknown-format': 3 },
    dropped: {},
    consumer: null,
    first: { host: '127.0.0.1', operation: 'GET /anything' },
  },
]
