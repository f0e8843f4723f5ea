import type { Sample } from './sample.ts'

const APP = 'auto:app:91f077b0-1204-49e4-b077-b0120419e4f6'

/** One call a file, of one application; the Elasticsearch record logs its method as 3. */
export const GRAVITEE: readonly Sample[] = [
  {
    file: 'gravitee/v4-metrics.json',
    format: 'gravitee',
    lines: 1,
    calls: 1,
    unparsed: {},
    dropped: {},
    consumer: APP,
    first: { host: 'localhost', operation: 'GET /test-v4' },
  },
  {
    file: 'gravitee/v2-metrics.json',
    format: 'gravitee',
    lines: 1,
    calls: 1,
    unparsed: {},
    dropped: {},
    consumer: APP,
    first: { host: 'localhost', operation: 'GET /test' },
  },
  {
    file: 'gravitee/v2-request.elasticsearch.json',
    format: 'gravitee',
    lines: 1,
    calls: 1,
    unparsed: {},
    dropped: {},
    consumer: APP,
    first: { host: 'localhost', operation: 'GET /test' },
  },
]
