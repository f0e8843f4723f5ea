import { azureRecords } from './envelope/azure-records.ts'
import { cloudwatchLogs } from './envelope/cloudwatch-logs.ts'
import { compose } from './envelope/compose.ts'
import { cri } from './envelope/cri.ts'
import { elasticBulk } from './envelope/elastic-bulk.ts'
import type { ObjectEnvelope, TextEnvelope } from './envelope/envelope.ts'
import { firehose } from './envelope/firehose.ts'
import { kafkaRest } from './envelope/kafka-rest.ts'
import { otlpLogs } from './envelope/otlp-logs.ts'
import { probe } from './envelope/probe.ts'
import { fluentBit, gelf, logstash, vector } from './envelope/shipper.ts'
import { syslog } from './envelope/syslog.ts'

/** Every envelope there is, in the order in which they are tried: the narrower before the wider. */
export const OBJECT_ENVELOPES: readonly ObjectEnvelope[] = [
  firehose,
  cloudwatchLogs,
  kafkaRest,
  azureRecords,
  otlpLogs,
  elasticBulk,
  probe,
  fluentBit,
  logstash,
  vector,
  gelf,
]
export const TEXT_ENVELOPES: readonly TextEnvelope[] = [cri, syslog, compose]
