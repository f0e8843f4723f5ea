import { type Attributes, metrics, type ObservableGauge } from '@opentelemetry/api'

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
  storeLagTime: {
    name: 'lastcall_store_lag_time',
    unit: 's',
    description: 'Age of the newest block stored, by partition; 0 when nothing waits',
  },
  freshness: {
    name: 'lastcall_store_freshness',
    unit: 's',
    description: 'Time from standing on the topic to being stored, of the oldest block of each range',
  },
  parts: {
    name: 'lastcall_clickhouse_parts',
    unit: '{part}',
    description:
      'Active parts in the fullest partition of a table; ClickHouse slows inserts at 1,000 and refuses at 3,000',
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
  sourceSilence: {
    name: 'lastcall_source_silence',
    unit: 's',
    description: 'Time since the latest event or heartbeat of a source that has been heard in 7 days, by source',
  },
  sourceLag: {
    name: 'lastcall_source_lag',
    unit: 's',
    description: 'How late calls of a source came, at most, in the latest hour in which some did',
  },
  sourceAhead: {
    name: 'lastcall_source_ahead',
    unit: 's',
    description: 'How far the clock of a source is ahead of ours, at least',
  },
  sourceSilentHours: {
    name: 'lastcall_source_silent_hours',
    unit: '{hour}',
    description: 'Hours of the last 7 days in which nothing of a source came, between those in which something did',
  },
  sourceWeight: {
    name: 'lastcall_source_weight',
    unit: '{call}',
    description: 'Calls that one logged call of a source stands for, on average; above 1 it is sampled',
  },
  consumersLeft: {
    name: 'lastcall_consumers_left',
    unit: '{consumer}',
    description: 'Consumers that have still to migrate, by deprecation',
  },
  daysLeft: { name: 'lastcall_days_left', unit: 'd', description: 'Calendar days to the sunset, by deprecation' },
} as const
export type MetricName = keyof typeof METRICS

/** Bounds of a histogram of seconds, as the semantic conventions give them; the SDK's own are for milliseconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 3_600]

/** A counter of the list. It is made when it first counts, so it may be asked for before telemetry has started. */
export function counter(name: MetricName): { add(value: number, labels?: Attributes): void } {
  const { name: text, unit, description } = METRICS[name]
  const made = late(() => meter().createCounter(text, { unit, description }))
  return { add: (value, labels) => made().add(value, labels) }
}

/** A histogram of seconds, made when it first records. */
export function histogram(name: MetricName): { record(seconds: number, labels?: Attributes): void } {
  const { name: text, unit, description } = METRICS[name]
  const advice = { explicitBucketBoundaries: SECONDS }
  const made = late(() => meter().createHistogram(text, { unit, description, advice }))
  return { record: (seconds, labels) => made().record(seconds, labels) }
}

function late<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

export function gauge(name: MetricName): ObservableGauge {
  const { name: text, unit, description } = METRICS[name]
  return meter().createObservableGauge(text, { unit, description })
}
