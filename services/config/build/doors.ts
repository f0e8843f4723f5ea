import type { Finding, KafkaConnection, KafkaSource, Place, Source, SyslogListener } from '../../domain/catalogue.ts'
import { isLoopback } from '../../platform/access.ts'
import { camelKeys } from '../camel-keys.ts'
import { fault } from '../findings.ts'
import type { Item } from '../item.ts'
import type { Reader } from '../reader.ts'
import type { SourceYaml } from '../schema/source.ts'
import { checkNetwork } from './networks.ts'

/** How a source's records come in, besides by HTTP. */
export function readDoors(
  item: Item<SourceYaml>,
  reader: Reader,
): Pick<Source, 'file' | 'syslog' | 'kafka' | 'limits'> {
  const { value } = item
  return {
    file: value.file === undefined ? undefined : { path: reader.resolve(item.at().file, value.file.path) },
    syslog: readSyslog(item, reader),
    kafka: readKafka(item, reader),
    limits: {
      bytesPerSecond: value.limits['bytes-per-second'],
      uploadsPerSecond: value.limits['uploads-per-second'],
      bodyBytes: value.limits['body-bytes'],
    },
  }
}

function readSyslog({ value, at }: Item<SourceYaml>, reader: Reader): SyslogListener | undefined {
  if (value.syslog === undefined) return undefined
  const { host, udp, tcp, tls, certFile, keyFile, clientCaFile, allow } = camelKeys(value.syslog)
  const { findings } = reader
  const file = (path: string | undefined): string | undefined => resolved(path, at().file, reader)
  if (udp === undefined && tcp === undefined && tls === undefined) findings.push(portless(at('syslog')))
  if (tls !== undefined && (certFile === undefined || keyFile === undefined))
    findings.push(fault(at('syslog'), 'LC_SYSLOG_TLS', 'TLS has no certificate', 'Give cert-file and key-file (PEM).'))
  for (const [index, network] of allow.entries()) checkNetwork(network, at('syslog', 'allow', index), findings)
  const open = host !== 'localhost' && !isLoopback(host)
  const anyone = udp !== undefined || tcp !== undefined || clientCaFile === undefined
  if (open && anyone && allow.length === 0)
    findings.push(
      fault(
        at('syslog', 'host'),
        'LC_SYSLOG_OPEN',
        `anyone who reaches ${host} could send calls in others’ names`,
        'Name the networks that may send under allow, take TLS with client-ca-file only, or listen on 127.0.0.1.',
      ),
    )
  return {
    host,
    udp,
    tcp,
    tls,
    certFile: file(certFile),
    keyFile: file(keyFile),
    clientCaFile: file(clientCaFile),
    allow,
  }
}

const portless = (place: Place): Finding =>
  fault(place, 'LC_SYSLOG_PORT', 'syslog has no port', 'Give at least one of udp, tcp and tls.')

function readKafka({ value, at }: Item<SourceYaml>, reader: Reader): KafkaSource | undefined {
  if (value.kafka === undefined) return undefined
  const { topic, groupId, brokers, ...security } = camelKeys(value.kafka)
  const file = (path: string | undefined): string | undefined => resolved(path, at().file, reader)
  const { ssl, sasl, caFile, certFile, keyFile } = security
  const connection: KafkaConnection | undefined =
    brokers === undefined
      ? undefined
      : {
          brokers,
          ssl,
          caFile: file(caFile),
          certFile: file(certFile),
          keyFile: file(keyFile),
          sasl: sasl === undefined ? undefined : { ...sasl, tokenUrl: sasl.tokenUrl, scope: sasl.scope },
        }
  if (brokers === undefined && (ssl || sasl !== undefined))
    reader.findings.push(
      fault(
        at('kafka'),
        'LC_KAFKA_BROKERS',
        'the connection is described, but not where it goes',
        'Give brokers, or leave the security keys out: then those of topic.kafka are used.',
      ),
    )
  return { topic, groupId, connection }
}

const resolved = (path: string | undefined, from: string, reader: Reader): string | undefined =>
  path === undefined ? undefined : reader.resolve(from, path)
