import type { Sample } from './sample.ts'

export const TRAEFIK: readonly Sample[] = [
  {
    // Six records and a plugin's debug line, the last record without a line end. The first path is a scanner's eight random letters.
    file: 'traefik/traefik-access.json.log',
    format: 'traefik-json',
    lines: 7,
    calls: 6,
    unparsed: { 'unknown-format': 1 },
    dropped: {},
    consumer: null,
    first: { host: 'test.docker.localhost', operation: 'GET /{}' },
  },
]
