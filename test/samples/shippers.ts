import type { Sample } from './sample.ts'

/** The same nginx line, or two of them, as each shipper wraps it. */
function wrapped(file: string, lines: number): Sample {
  return {
    file: `synthetic/${file}`,
    format: 'combined',
    lines,
    calls: lines,
    unparsed: {},
    dropped: {},
    consumer: null,
    first: { host: '', operation: 'GET /v1/orders/{}' },
  }
}

export const SHIPPERS: readonly Sample[] = [
  wrapped('fluentbit-out_http-json.json', 2),
  wrapped('fluentbit-out_http-json_lines.ndjson', 2),
  wrapped('fluentbit-out_http-json_stream.concat', 2),
  wrapped('vector-http-json-array.json', 2),
  wrapped('vector-http-ndjson.ndjson', 2),
  wrapped('logstash-http-json.json', 1),
  wrapped('logstash-http-json_batch.json', 2),
]
