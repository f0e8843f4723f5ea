import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { readTraceparent, traced, tracing } from './trace.ts'

/** What a span tells of an upload: its route and source as declared, never its path, its headers or its sender. */
export interface TracedUpload {
  /** As declared: `/ingest/:source`. */
  readonly route: string
  /** A declared source's id: of these there are few. */
  readonly source: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/**
 * The server span of one upload (semantic conventions for HTTP, stable): its parent is the sender's `traceparent`,
 * its status code that of `reply` once the work is done. `tracestate` and baggage are a sender's text and stay outside.
 */
export function traceRequest<T>(
  { route, source, headers }: TracedUpload,
  reply: { readonly statusCode: number },
  work: () => Promise<T>,
): Promise<T> {
  if (!tracing()) return work()
  const words = {
    name: `POST ${route}`,
    kind: SpanKind.SERVER,
    attributes: {
      'http.request.method': 'POST',
      'http.route': route,
      'url.scheme': 'http',
      'lastcall.source': source,
    },
    parent: readTraceparent(headers.traceparent),
  }
  return traced(words, async span => {
    const result = await work()
    span.setAttribute('http.response.status_code', reply.statusCode)
    if (reply.statusCode >= 500)
      span.setAttribute('error.type', String(reply.statusCode)).setStatus({ code: SpanStatusCode.ERROR })
    return result
  })
}
