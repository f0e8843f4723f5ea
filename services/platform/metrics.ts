import { type Counter, type Histogram, metrics, type ObservableGauge } from '@opentelemetry/api'

/** Asked for late: a meter made before telemetry has started counts nothing, for ever. */
const meter = () => metrics.getMeter('lastcall')

/**
 * Every metric the product has, by its name and meaning; docs/metrics.md is held equal by a test.
 * Labels are bounded: sources, outcomes, reasons; never a consumer, a path or a customer.
 */
export const METRICS = {
  lines: {
    name: 'lastcall_ingest_lines',
    unit: '{line}',
    description: 'Lines received by this process, resends included, by source, outcome and reason',
  },
  uploads: {
    name: 'lastcall_ingest_uploads',
    unit: '{upload}',
    description: 'Uploads answered by this process, by status',
  },
  syslogLost: {
    name: 'lastcall_ingest_syslog_lost',
    unit: '{line}',
    description: 'Syslog lines that reached this machine and could not be kept, by source and reason',
  },
  syslogRefused: {
    name: 'lastcall_ingest_syslog_refused',
    unit: '{attempt}',
    description: 'Datagrams and connections refused by the syslog doors of this process, by source and reason',
  },
  inFlight: { name: 'lastcall_ingest_in_flight', unit: 'By', description: 'Bytes that uploads hold in memory now' },
  storedRows: {
    name: 'lastcall_store_rows',
    unit: '{row}',
    description: 'Rows inserted into ClickHouse by this process',
  },
  storeDuration: {
    name: 'lastcall_store_insert_duration',
    unit: 's',
    description: 'Time of one insert, rollups included',
  },
  storeLag: {
    name: 'lastcall_store_lag',
    unit: '{block}',
    description: 'Blocks on the topic that are not stored yet, by partition',
  },
  repeats: {
    name: 'lastcall_store_repeated_parts',
    unit: '{part}',
    description: 'Upload parts left out because they had been stored before',
  },
  pinsReplayed: {
    name: 'lastcall_store_pins_replayed',
    unit: '{pin}',
    description: 'Pinned ranges inserted again after a restart or a rebalance',
  },
  consumersLeft: {
    name: 'lastcall_consumers_left',
    unit: '{consumer}',
    description: 'Consumers that have still to migrate, by deprecation',
  },
  daysLeft: { name: 'lastcall_days_left', unit: 'd', description: 'Calendar days to the sunset, by deprecation' },
} as const
export type MetricName = keyof typeof METRICS

/** A counter of the list. Recording is a no-op until telemetry has been started. */
export function counter(name: MetricName): Counter {
  const { name: text, unit, description } = METRICS[name]
  return meter().createCounter(text, { unit, description })
}

export function histogram(name: MetricName): Histogram {
  const { name: text, unit, description } = METRICS[name]
  return meter().createHistogram(text, { unit, description })
}

export function gauge(name: MetricName): ObservableGauge {
  const { name: text, unit, description } = METRICS[name]
  return meter().createObservableGauge(text, { unit, description })
}
