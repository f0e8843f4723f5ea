import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api'
import { OTLPMetricExporter as GrpcMetrics } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { systemClock } from './clock.ts'
import { copyLogTo, createLog, type Log, RareLog } from './log.ts'
import { disabled, exported, metricsProtocol, milliseconds, resourceOf } from './telemetry-exports.ts'
import { emitLine } from './telemetry-logs.ts'
import { switchTraces } from './trace.ts'

export interface Telemetry {
  /** The process's metrics in Prometheus's text format. */
  exposition(): Promise<string>
  /** Hands over what is left, for two seconds at most; never rejects. */
  stop(): Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>

const MINUTE = 60_000
/** A collector that is gone must not hold up the end of the process. */
const STOP_MS = 2_000
const METRICS_EVERY_MS = 60_000
/** A gauge that asks something dead is left out of the answer after this long. */
const LOOK_MS = 3_000

/**
 * Starts the OpenTelemetry SDK: metrics for /metrics always; traces, metrics and logs by OTLP where the standard
 * OTEL_* variables name a collector (docs/telemetry.md). Must be called before anything makes a meter.
 * A collector that cannot be reached costs bounded queues, what they cannot hold, and one line a minute in `log`.
 */
export function startTelemetry(
  service: string,
  environment: Environment,
  log: Log = createLog('warn', service),
): Telemetry {
  const sent = exported(environment)
  const reader = new PrometheusExporter({ preventServerStart: true })
  let stopping = false
  diag.setLogger(
    rareDiag(log, () => stopping),
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
  const sdk = new NodeSDK({
    serviceName: environment.OTEL_SERVICE_NAME || service,
    resourceDetectors: [{ detect: () => ({ attributes: resourceOf(environment) }) }],
    metricReaders: sent.metrics ? [reader, otlpReader(environment)] : [reader],
    // `traceparent` is read and written by hand: what else a sender puts beside it stays outside.
    textMapPropagator: null,
    ...(sent.traces ? {} : { spanProcessors: [] }),
    ...(sent.logs ? {} : { logRecordProcessors: [] }),
  })
  sdk.start()
  switchTraces(sent.traces)
  if (sent.logs) copyLogTo(emitLine)
  const serializer = new PrometheusSerializer('', false)
  return {
    async exposition() {
      if (disabled(environment)) return ''
      const { resourceMetrics } = await reader.collect({ timeoutMillis: LOOK_MS })
      return serializer.serialize(resourceMetrics)
    },
    async stop() {
      stopping = true
      switchTraces(false)
      copyLogTo(undefined)
      const late = new AbortController()
      const handed = sdk.shutdown().catch(() => {})
      await Promise.race([handed, systemClock.sleep(STOP_MS, late.signal).catch(() => {})])
      late.abort()
    },
  }
}

function otlpReader(environment: Environment): PeriodicExportingMetricReader {
  const protocol = metricsProtocol(environment)
  const Exporter = protocol === 'grpc' ? GrpcMetrics : protocol === 'http/json' ? JsonMetrics : ProtobufMetrics
  const exportIntervalMillis = milliseconds(environment, 'OTEL_METRIC_EXPORT_INTERVAL', METRICS_EVERY_MS)
  const timeout = milliseconds(environment, 'OTEL_METRIC_EXPORT_TIMEOUT', METRICS_EVERY_MS / 2)
  return new PeriodicExportingMetricReader({
    exporter: new Exporter(),
    exportIntervalMillis,
    exportTimeoutMillis: Math.min(timeout, exportIntervalMillis),
  })
}

/**
 * The SDK's own troubles: one line a minute, with how many there were. Never its arguments: they may hold what was to
 * be sent. At the end quiet: what the gauges ask is closed by then.
 */
function rareDiag(log: Log, quietNow: () => boolean): DiagLogger {
  const rare = new RareLog(MINUTE)
  const say = (message: string): void => {
    if (quietNow()) return
    const trouble = message.slice(0, 300)
    rare.say(systemClock.now(), times => log.warn({ times, trouble }, 'telemetry has trouble'))
  }
  const quiet = (): void => {}
  return { error: say, warn: say, info: quiet, debug: quiet, verbose: quiet }
}
