import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  type SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { LcError } from '../domain/errors.ts'

/** Where a span stands in its trace; only handed from one function here to another. */
export type TracePlace = SpanContext

/** What a span says. Attributes are bounded and never a path, a consumer, a header, a token or an error's text. */
export interface SpanWords {
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: Attributes
  readonly links?: readonly TracePlace[]
  /** 'active': the span that is under way; undefined: a trace of its own. */
  readonly parent: TracePlace | 'active' | undefined
}

/** Links of one span at most: a range may hold thousands of blocks. */
export const LINKS_AT_MOST = 128

let on = false

/** Told by telemetry when spans have somewhere to go. Until then no span, no context and no array is made here. */
export function switchTraces(state: boolean): void {
  on = state
}

/** Spans are wanted. Ask before anything is built for one. */
export function tracing(): boolean {
  return on
}

/** The span that is under way. */
export function placeNow(): TracePlace | undefined {
  return on ? trace.getActiveSpan()?.spanContext() : undefined
}

/** Adds attributes to the span that is under way, if there is one. */
export function annotate(attributes: Attributes): void {
  if (on) trace.getActiveSpan()?.setAttributes(attributes)
}

/** Fields of a log line: the trace and the span it belongs to. A new object each time. */
export function traceFields(): Record<string, string> {
  const place = placeNow()
  return place === undefined ? {} : { trace_id: place.traceId, span_id: place.spanId }
}

/** A span whose end the caller tells: `endSpan`. */
export function beginSpan(words: SpanWords): Span {
  // Asked for late: a tracer made before telemetry has started stays silent.
  const { name, kind, attributes, links, parent } = words
  const spans: Link[] = (links ?? []).slice(0, LINKS_AT_MOST).map(place => ({ context: place }))
  return trace.getTracer('lastcall').startSpan(name, { kind, attributes, links: spans }, parentOf(parent))
}

/** Ends a span; with a fault it is marked, by the fault's kind and never by its text. */
export function endSpan(span: Span, fault?: unknown): void {
  if (fault !== undefined) span.setAttribute('error.type', faultName(fault)).setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

/** Runs work inside a span; the span ends with it. */
export async function traced<T>(words: SpanWords, work: (span: Span) => Promise<T>): Promise<T> {
  const span = beginSpan(words)
  try {
    const result = await context.with(trace.setSpan(context.active(), span), work, undefined, span)
    endSpan(span)
    return result
  } catch (error) {
    endSpan(span, error ?? 'unknown')
    throw error
  }
}

/** `traceparent` of a place (W3C Trace Context, section 3.2). */
export function writeTraceparent({ traceId, spanId, traceFlags }: TracePlace): string {
  return `00-${traceId}-${spanId}-${(traceFlags & TraceFlags.SAMPLED) === 0 ? '00' : '01'}`
}

/** The place a `traceparent` names; undefined for anything else. Whatever a later version adds is left out. */
export function readTraceparent(text: unknown): TracePlace | undefined {
  if (typeof text !== 'string' || text.length > 256) return undefined
  const found = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/.exec(text)
  const [, traceId = '', spanId = '', flags = ''] = found ?? []
  const place = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true }
  return found !== null && isSpanContextValid(place) ? place : undefined
}

function parentOf(parent: SpanWords['parent']): Context {
  if (parent === 'active') return context.active()
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent)
}

function faultName(fault: unknown): string {
  if (fault instanceof LcError) return fault.code
  if (fault instanceof Error) return fault.name.slice(0, 64)
  return typeof fault === 'string' ? fault.slice(0, 64) : '_OTHER'
}
