import { SpanKind } from '@opentelemetry/api'
import { traced, tracing } from './trace.ts'

/** The client span of one insert (semantic conventions for databases, stable), inside the span that is under way. */
export function traceInsert<T>(table: 'calls' | 'tallies' | 'uploads', work: () => Promise<T>): Promise<T> {
  if (!tracing()) return work()
  const words = {
    name: `INSERT ${table}`,
    kind: SpanKind.CLIENT,
    attributes: { 'db.system.name': 'clickhouse', 'db.operation.name': 'INSERT', 'db.collection.name': table },
    parent: 'active',
  } as const
  return traced(words, work)
}
