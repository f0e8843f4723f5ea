import { readFile } from 'node:fs/promises'
import { createSecureContext, type TlsOptions } from 'node:tls'
import type { Source, SyslogListener } from '../../services/domain/catalogue.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { type Log, RareLog } from '../../services/platform/log.ts'
import { counter } from '../../services/platform/metrics.ts'
import type { Collector } from '../collect/collector.ts'
import { Batches } from './syslog-batches.ts'
import { certificateFault } from './syslog-faults.ts'
import { senderRule } from './syslog-networks.ts'
import { StreamDoor } from './syslog-streams.ts'
import { openUdp, type UdpDoor } from './syslog-udp.ts'

const MINUTE = 60_000
/** What may wait in memory: UDP senders cannot be held back, TCP senders are. */
const UDP_BYTES = 33_554_432
const STREAM_BYTES = 4_194_304
/** How long the topic has to take the rest when we stop. */
const FLUSH_MS = 5_000

export interface SyslogOptions {
  readonly collector: Collector
  readonly clock: Clock
  readonly log: Log
  /** Aborted: the doors stop, as by `stop()`. */
  readonly signal?: AbortSignal
}

export interface SyslogDoors {
  /** The ports that are open. */
  readonly udp?: number
  readonly tcp?: number
  readonly tls?: number
  /** Takes nothing more, brings what is here to the topic, closes. Idempotent. */
  stop(): Promise<void>
}

/**
 * Opens the syslog ports of one source: UDP, TCP (line feeds and octet counts on one port) and TLS (RFC 5425, with
 * `clientCaFile` mutual). Syslog has no acknowledgement: what is under way when the process dies is lost, and nothing
 * is ever sent again, so nothing counts twice. Throws LC_SYSLOG_LISTEN (exit 3), LC_SYSLOG_CERT (exit 2).
 */
export async function startSyslog(
  source: Source,
  listener: SyslogListener,
  { collector, clock, log, signal }: SyslogOptions,
): Promise<SyslogDoors> {
  const tls = listener.tls === undefined ? undefined : await readTls(listener)
  const current = (): Source => collector.catalogue.sources.get(source.id) ?? source
  const rare = new Map<string, RareLog>()
  const shared = {
    source: source.id,
    host: listener.host,
    clock,
    allowed: senderRule(listener.allow),
    onTrouble(what: string) {
      const trouble = rare.get(what) ?? new RareLog(MINUTE)
      // Messages of the system are few; a cap all the same.
      if (rare.size < 100) rare.set(what, trouble)
      trouble.say(clock.now(), times => log.warn({ source: source.id, times }, `syslog: ${what}`))
    },
  }
  const datagrams = new Batches(current, { collector, clock, log, limitBytes: UDP_BYTES })
  const streams: StreamDoor[] = []
  const lines = new Batches(current, {
    collector,
    clock,
    log,
    limitBytes: STREAM_BYTES,
    onRoom: () => {
      for (const door of streams) door.resume()
    },
  })
  let udp: UdpDoor | undefined
  const stop = once(async () => {
    await Promise.all([udp?.stop(), ...streams.map(door => door.stop())])
    const lost = (await Promise.all([datagrams.flush(FLUSH_MS), lines.flush(FLUSH_MS)])).reduce((a, b) => a + b, 0)
    if (lost === 0) return
    counter('syslogLost').add(lost, { source: source.id, reason: 'stopped' })
    log.warn({ source: source.id, lines: lost }, 'syslog lines were lost: the topic did not take them before the stop')
  })
  try {
    if (listener.udp !== undefined) udp = await openUdp({ ...shared, port: listener.udp, batches: datagrams })
    const open = async (port: number, secure?: TlsOptions): Promise<number> => {
      const door = await StreamDoor.open({
        ...shared,
        port,
        batches: lines,
        ...(secure === undefined ? {} : { tls: secure }),
      })
      streams.push(door)
      return door.port
    }
    const ports = {
      ...(udp === undefined ? {} : { udp: udp.port }),
      ...(listener.tcp === undefined ? {} : { tcp: await open(listener.tcp) }),
      ...(listener.tls === undefined ? {} : { tls: await open(listener.tls, tls) }),
    }
    signal?.addEventListener('abort', () => void stop(), { once: true })
    if (signal?.aborted) await stop()
    return { ...ports, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function readTls({ certFile, keyFile, clientCaFile }: SyslogListener): Promise<TlsOptions> {
  const pem = async (file: string | undefined, name: string): Promise<Buffer> => {
    if (file === undefined) throw certificateFault(`${name} is missing`, undefined)
    return readFile(file).catch(error => {
      throw certificateFault(`${name} cannot be read`, error)
    })
  }
  const options: TlsOptions = {
    cert: await pem(certFile, 'cert-file'),
    key: await pem(keyFile, 'key-file'),
    minVersion: 'TLSv1.2',
    ...(clientCaFile === undefined
      ? {}
      : { ca: await pem(clientCaFile, 'client-ca-file'), requestCert: true, rejectUnauthorized: true }),
  }
  try {
    createSecureContext(options)
  } catch (error) {
    throw certificateFault('certificate and key do not fit, or are no PEM', error)
  }
  return options
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}
