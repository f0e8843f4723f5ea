import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { NodeSDK } from '@opentelemetry/sdk-node'

export interface Telemetry {
  /** The process's metrics in Prometheus's text format. */
  exposition(): Promise<string>
  stop(): Promise<void>
}

/**
 * Starts the OpenTelemetry SDK: metrics for /metrics always; traces, metrics and logs by OTLP where the standard
 * OTEL_EXPORTER_OTLP_* variables name a collector. Must be called before anything makes a meter or a tracer.
 */
export function startTelemetry(service: string, environment: Readonly<Record<string, string | undefined>>): Telemetry {
  const reader = new PrometheusExporter({ preventServerStart: true })
  // Without an address the SDK would try localhost:4318 for ever and log each failure.
  const exports = environment.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined
  const sdk = new NodeSDK({
    serviceName: service,
    metricReaders: [reader],
    autoDetectResources: false,
    ...(exports ? {} : { spanProcessors: [], logRecordProcessors: [] }),
  })
  sdk.start()
  const serializer = new PrometheusSerializer('', false)
  return {
    async exposition() {
      const { resourceMetrics } = await reader.collect()
      return serializer.serialize(resourceMetrics)
    },
    stop: () => sdk.shutdown(),
  }
}
