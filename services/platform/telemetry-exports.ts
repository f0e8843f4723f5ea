import { randomUUID } from 'node:crypto'

type Environment = Readonly<Record<string, string | undefined>>
type Signal = 'TRACES' | 'METRICS' | 'LOGS'

/**
 * What goes out by OTLP: a signal whose collector is named (OTEL_EXPORTER_OTLP_ENDPOINT or that of the signal), or
 * whose exporter is `otlp` by name (OTEL_TRACES_EXPORTER …). Nothing is sent to a default address unasked: the SDK
 * would try localhost for ever.
 */
export function exported(environment: Environment): Readonly<Record<'traces' | 'metrics' | 'logs', boolean>> {
  const sent = (signal: Signal): boolean => {
    if (disabled(environment)) return false
    const exporters = environment[`OTEL_${signal}_EXPORTER`]
    if (exporters !== undefined && exporters !== '') return exporters.split(',').some(name => name.trim() === 'otlp')
    return [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, 'OTEL_EXPORTER_OTLP_ENDPOINT'].some(
      name => (environment[name] ?? '') !== '',
    )
  }
  return { traces: sent('TRACES'), metrics: sent('METRICS'), logs: sent('LOGS') }
}

/** OTEL_SDK_DISABLED: then there is not even /metrics. */
export function disabled(environment: Environment): boolean {
  return environment.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true'
}

/** `grpc`, `http/json` or, for anything else, `http/protobuf`. */
export function metricsProtocol(environment: Environment): string {
  return (environment.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL ?? environment.OTEL_EXPORTER_OTLP_PROTOCOL ?? '').trim()
}

/** Milliseconds from a standard variable; `otherwise` when it is absent or no positive number. */
export function milliseconds(environment: Environment, name: string, otherwise: number): number {
  const value = Number(environment[name])
  return Number.isFinite(value) && value > 0 ? value : otherwise
}

/** What this process is: OTEL_RESOURCE_ATTRIBUTES (W3C baggage form), and an instance of its own. Host and user stay out. */
export function resourceOf(environment: Environment): Record<string, string> {
  const attributes: Record<string, string> = { 'service.instance.id': randomUUID() }
  for (const pair of (environment.OTEL_RESOURCE_ATTRIBUTES ?? '').split(',')) {
    const at = pair.indexOf('=')
    if (at > 0) attributes[pair.slice(0, at).trim()] = decoded(pair.slice(at + 1).trim())
  }
  return attributes
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
