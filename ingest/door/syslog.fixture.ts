import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import { defaultSource, openCatalogue } from '../../services/config/open-catalogue.ts'
import type { SyslogListener } from '../../services/domain/catalogue.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { type Log, silentLog } from '../../services/platform/log.ts'
import { decodeBlock } from '../block/decode.ts'
import { Collector } from '../collect/collector.ts'
import { createKeyDigest } from '../normalise/key-digest.ts'
import { openSqliteTopic } from '../topic/sqlite-topic.ts'
import { type SyslogDoors, startSyslog } from './syslog.ts'

export interface OpenDoors extends SyslogDoors {
  /** `call`, `unparsed:reason`, `dropped:reason` → lines that stand on the topic. */
  readonly told: ReadonlyMap<string, number>
  /** Request ids that stand on the topic, in the order they came. */
  readonly ids: readonly string[]
  /** Upload keys that stand on the topic. */
  readonly keys: ReadonlySet<string>
  /** Waits until so many lines stand on the topic. */
  lines(count: number): Promise<void>
}

const NOWHERE: SyslogListener = {
  host: '127.0.0.1',
  udp: undefined,
  tcp: undefined,
  tls: undefined,
  certFile: undefined,
  keyFile: undefined,
  clientCaFile: undefined,
  allow: [],
}

interface Surroundings {
  readonly log?: Log
  readonly accepts?: () => boolean
  readonly folder?: string
}

/** Syslog doors of a source, before a topic on disk; closed when the test ends. */
export async function openDoors(
  t: Test,
  listener: Partial<SyslogListener>,
  { log = silentLog, accepts = () => true, folder = t.testdir() }: Surroundings = {},
): Promise<OpenDoors> {
  const topic = await openSqliteTopic({ folder, clock: systemClock, partitions: 2, gatherMs: 10 })
  let stop = async (): Promise<void> => {}
  t.teardown(async () => {
    await stop()
    await topic.close()
  })
  const told = new Map<string, number>()
  const ids: string[] = []
  const keys = new Set<string>()
  await topic.consume({
    assigned: async () => {},
    revoked: () => {},
    blocks: async (lease, blocks) => {
      for (const { payload, headers } of blocks) {
        for (const { key, tallies } of headers.uploads) {
          keys.add(key)
          for (const { outcome, reason, lines } of tallies) {
            const name = reason === '' ? outcome : `${outcome}:${reason}`
            told.set(name, (told.get(name) ?? 0) + lines)
          }
        }
        ids.push(...(decodeBlock(payload).find(({ name }) => name === 'request_id')?.values ?? []).map(String))
      }
      const last = blocks.at(-1)
      if (last !== undefined) await lease.commit(last.offset + 1n, '')
    },
  })
  const collector = new Collector({
    topic: {
      partitions: topic.partitions,
      append: (partition, blocks) => topic.append(partition, blocks),
      accepts: () => accepts() && topic.accepts(),
      consume: handler => topic.consume(handler),
      ends: () => topic.ends(),
      close: () => topic.close(),
    },
    catalogue: openCatalogue(),
    digest: createKeyDigest({ current: { id: 'p1', secret: Buffer.alloc(32, 7) }, earlier: [] }),
  })
  const doors = await startSyslog(
    defaultSource('edge'),
    { ...NOWHERE, ...listener },
    { collector, clock: systemClock, log },
  )
  stop = doors.stop
  return {
    ...doors,
    told,
    ids,
    keys,
    async lines(count) {
      const sum = () => [...told.values()].reduce((a, b) => a + b, 0)
      for (let tries = 0; sum() < count && tries < 500; tries += 1) await delay(20)
      if (sum() !== count) throw new Error(`${sum()} lines came instead of ${count}: ${JSON.stringify([...told])}`)
    },
  }
}

/** A syslog message with one nginx JSON line. */
export function message(id: string, more = ''): string {
  const json = {
    msec: (Date.now() / 1000).toFixed(3),
    request_id: id,
    method: 'GET',
    host: 'api.partner.example',
    request_uri: `/v1/orders/7${more}`,
    status: '200',
    ua: 'agent/1',
  }
  return `<190>Nov 22 03:23:24 web-1 nginx: ${JSON.stringify(json)}`
}

export const counted = (text: string): string => `${Buffer.byteLength(text)} ${text}`

/** Connects, writes, and waits until it was handed over. */
export async function dial(t: Test, port: number | undefined, ...writes: (string | Buffer)[]): Promise<Socket> {
  const socket = connect({ port: port ?? 0, host: '127.0.0.1' })
  socket.on('error', () => {})
  socket.resume()
  t.teardown(() => void socket.destroy())
  await once(socket, 'connect')
  for (const bytes of writes) await new Promise<void>(resolve => socket.write(bytes, () => resolve()))
  return socket
}

export async function datagrams(port: number | undefined, ...messages: (string | Buffer)[]): Promise<void> {
  const socket = createSocket('udp4')
  for (const bytes of messages)
    await new Promise<void>(resolve => socket.send(bytes, port ?? 0, '127.0.0.1', () => resolve()))
  const closed = once(socket, 'close')
  socket.close()
  await closed
}

/** A CA, a server of 127.0.0.1 and a client, valid for a day: PEM files in `folder`. */
export function certificates(folder: string): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1']
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test CA')
  for (const name of ['server', 'client'])
    openssl(
      ...['req', '-x509', ...key, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}.example`],
      ...['-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-addext', 'basicConstraints=critical,CA:FALSE'],
    )
}
