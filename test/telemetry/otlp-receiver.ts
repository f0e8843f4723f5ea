import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** A span as OTLP/JSON has it, as far as the tests look. */
export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  /** 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number
  readonly attributes: readonly Attribute[]
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly status: { readonly code?: number }
}
export interface ReceivedLog {
  readonly traceId?: string
  readonly spanId?: string
  readonly severityText: string
  readonly body: { readonly stringValue: string }
  readonly attributes: readonly Attribute[]
}
export interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

/** What a collector would be sent: OTLP over HTTP, kept as it came and, where it is JSON, read. */
export interface OtlpReceiver {
  readonly url: string
  readonly spans: ReceivedSpan[]
  readonly logs: ReceivedLog[]
  /** Bodies as they came, by path. */
  readonly bodies: { readonly path: string; readonly type: string; readonly text: string }[]
  /** Resolves when `seen` is true of what came so far; asked whenever something comes. */
  until(seen: () => boolean): Promise<void>
}

/** A receiver on a free port of this machine, closed with the test. */
export async function otlpReceiver(t: Test): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const logs: ReceivedLog[] = []
  const bodies: OtlpReceiver['bodies'] = []
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    // One character a byte: texts of a protobuf body are found in it as well.
    const text = Buffer.concat(chunks).toString('latin1')
    const type = request.headers['content-type'] ?? ''
    bodies.push({ path: request.url ?? '', type, text })
    if (type === 'application/json') {
      const body = JSON.parse(text) as {
        readonly resourceSpans?: readonly { readonly scopeSpans: readonly { readonly spans: ReceivedSpan[] }[] }[]
        readonly resourceLogs?: readonly { readonly scopeLogs: readonly { readonly logRecords: ReceivedLog[] }[] }[]
      }
      for (const { scopeSpans } of body.resourceSpans ?? []) for (const scope of scopeSpans) spans.push(...scope.spans)
      for (const { scopeLogs } of body.resourceLogs ?? []) for (const scope of scopeLogs) logs.push(...scope.logRecords)
    }
    response.setHeader('content-type', type).end(type === 'application/json' ? '{}' : '')
    for (const look of waiting) look()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    logs,
    bodies,
    until: seen =>
      new Promise(resolve => {
        const look = (): void => {
          if (!seen()) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}
