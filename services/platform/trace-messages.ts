import { type Attributes, SpanKind } from '@opentelemetry/api'
import { type StoredBlock, TOPIC } from '../domain/block.ts'
import {
  beginSpan,
  endSpan,
  LINKS_AT_MOST,
  placeNow,
  readTraceparent,
  type TracePlace,
  traced,
  tracing,
  writeTraceparent,
} from './trace.ts'

let system = 'sqlite'

/** Told by the topic that is not the embedded one. */
export function messagesOver(name: 'kafka'): void {
  system = name
}

/** The uploads whose parts a block carries, as far as they are traced: a bounded number of them. */
export class UploadPlaces {
  readonly #places: TracePlace[] = []

  /** Undefined while nothing is traced: then nobody remembers anything. */
  static start(): UploadPlaces | undefined {
    return tracing() ? new UploadPlaces() : undefined
  }

  /** Remembers the upload under way. */
  add(): void {
    const place = placeNow()
    if (place === undefined || this.#places.length >= LINKS_AT_MOST) return
    if (this.#places.at(-1)?.spanId !== place.spanId) this.#places.push(place)
  }

  get all(): readonly TracePlace[] {
    return this.#places
  }
}

/** One block on its way to the topic. */
export interface Sending {
  /** Travels with the block. */
  readonly traceparent: string
  /** It stands there, or it failed. */
  end(fault?: unknown): void
}

/**
 * The producer span of one block (semantic conventions for messaging): child of the first upload in it, linked to
 * each. Undefined while nothing is traced, and for what comes from no upload.
 */
export function traceSend(uploads: UploadPlaces | undefined, partition: number, rows: number): Sending | undefined {
  const [first] = uploads?.all ?? []
  if (uploads === undefined || first === undefined) return undefined
  const span = beginSpan({
    name: `send ${TOPIC}`,
    kind: SpanKind.PRODUCER,
    attributes: { ...messaging('send', partition), 'lastcall.rows': rows },
    links: uploads.all,
    parent: first,
  })
  return {
    traceparent: writeTraceparent(span.spanContext()),
    end: fault => endSpan(span, fault),
  }
}

/**
 * The consumer span of one range, linked to the producer span of each of its blocks, 128 at most. A range of one
 * block goes on in that block's trace; a longer one is a trace of its own, for it belongs to no single upload.
 */
export function traceProcess<T>(partition: number, blocks: readonly StoredBlock[], work: () => Promise<T>): Promise<T> {
  if (!tracing()) return work()
  const links: TracePlace[] = []
  for (const { headers } of blocks) {
    const place = links.length < LINKS_AT_MOST ? readTraceparent(headers.traceparent) : undefined
    if (place !== undefined) links.push(place)
  }
  const words = {
    name: `process ${TOPIC}`,
    kind: SpanKind.CONSUMER,
    attributes: {
      ...messaging('process', partition),
      'messaging.batch.message_count': blocks.length,
      'lastcall.rows': blocks.reduce((sum, { rows }) => sum + rows, 0),
    },
    links,
    parent: blocks.length === 1 ? links[0] : undefined,
  }
  return traced(words, work)
}

function messaging(operation: 'send' | 'process', partition: number): Attributes {
  return {
    'messaging.system': system,
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': TOPIC,
    'messaging.destination.partition.id': String(partition),
  }
}
