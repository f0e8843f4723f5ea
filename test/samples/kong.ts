import type { Sample } from './sample.ts'

const rest = { format: 'kong', unparsed: {}, dropped: {}, consumer: null } as const

/** Entries of routes without authentication: no consumer in any of them. */
export const KONG: readonly Sample[] = [
  {
    ...rest,
    file: 'kong/kong-2.5-file-log.ndjson',
    lines: 3,
    calls: 3,
    first: { host: '127.0.0.1', operation: 'GET /gists' },
  },
  {
    ...rest,
    file: 'kong/kong-2.5-http-log-body.json',
    lines: 1,
    calls: 1,
    first: { host: '127.0.0.1', operation: 'GET /gists' },
  },
  // Pretty-printed over 86 lines.
  {
    ...rest,
    file: 'kong/kong-3.8-doc-sample.json',
    lines: 1,
    calls: 1,
    first: { host: 'localhost', operation: 'GET /example-route' },
  },
]
