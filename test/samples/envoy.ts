import type { Sample } from './sample.ts'

/** Ten lines behind CRI prefixes, the last without a line end: six in JSON, four in Envoy's text layout. */
export const ENVOY: readonly Sample[] = [
  {
    file: 'envoy/envoy-gateway-cri-json.log',
    format: 'envoy-gateway',
    lines: 10,
    calls: 10,
    unparsed: {},
    dropped: {},
    consumer: null,
    first: { host: 'www.example.com', operation: 'GET /assets/image.webp' },
  },
]
