import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrokerProcess } from './broker-process.ts'
import { jars } from './jars.ts'
import { freePorts } from './ports.ts'

export interface Cluster {
  readonly brokers: readonly BrokerProcess[]
  /** `host:port`, one per broker. */
  readonly addresses: readonly string[]
  /** Kills what still runs and removes its disk. */
  end(): Promise<void>
}

export interface ClusterOptions {
  /** Of Kafka; default 4.3.1, or what LASTCALL_BROKER_VERSION says. */
  readonly version?: string
  /** 1, or 3 with replication 3 and min.insync.replicas 2. */
  readonly size?: 1 | 3
  readonly properties?: Readonly<Record<string, string | number>>
  /** A second listener, CLIENT, on `localhost:<port>`; `properties` say how it is secured. */
  readonly clientPort?: number
  /** More for the formatting of the disk, `--add-scram …`. */
  readonly format?: readonly string[]
}

/**
 * Real Kafka brokers (KRaft), started. Where Java or Maven are missing: undefined, with the reason told to `skip`;
 * with LASTCALL_REQUIRE_BROKER=1 that is an error.
 */
export async function startCluster(
  options: ClusterOptions,
  skip: (reason: string) => void,
): Promise<Cluster | undefined> {
  let folder: string
  try {
    folder = await jars(options.version ?? process.env.LASTCALL_BROKER_VERSION ?? '4.3.1')
  } catch (error) {
    if (process.env.LASTCALL_REQUIRE_BROKER === '1') throw error
    skip(error instanceof Error ? error.message : String(error))
    return undefined
  }
  return start(folder, options)
}

async function start(jarFolder: string, options: ClusterOptions): Promise<Cluster> {
  const size = options.size ?? 1
  const disk = await mkdtemp(join(tmpdir(), 'lastcall-broker-'))
  const ports = await freePorts(size * 2)
  const brokers: BrokerProcess[] = []
  const end = async () => {
    await Promise.all(brokers.map(broker => broker.kill()))
    await rm(disk, { recursive: true, force: true })
  }
  try {
    brokers.push(
      ...(await Promise.all(
        Array.from({ length: size }, async (_, i) => {
          const folder = join(disk, `${i + 1}`)
          await mkdir(folder)
          const properties = withClientPort(
            { ...propertiesOf(i, ports, folder), ...options.properties },
            options.clientPort,
          )
          return BrokerProcess.prepare(
            { jars: jarFolder, folder, port: ports[i] ?? 0, properties },
            'bGFzdGNhbGwtdGVzdC0wMQ',
            options.format ?? [],
          )
        }),
      )),
    )
    await Promise.all(brokers.map(broker => broker.start()))
    return { brokers, addresses: brokers.map(broker => `127.0.0.1:${broker.port}`), end }
  } catch (error) {
    await end()
    throw error
  }
}

/** Short sessions, so that a broker that was killed is missed soon; group sessions below six seconds for tests. */
function propertiesOf(index: number, ports: readonly number[], folder: string): Record<string, string | number> {
  const size = ports.length / 2
  const voters = ports.slice(size).map((port, i) => `${i + 1}@127.0.0.1:${port}`)
  return {
    'process.roles': 'broker,controller',
    'node.id': index + 1,
    'controller.quorum.voters': voters.join(),
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${ports[index]},CONTROLLER://127.0.0.1:${ports[size + index]}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${ports[index]}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(folder, 'data'),
    'default.replication.factor': size,
    'min.insync.replicas': size === 1 ? 1 : 2,
    'offsets.topic.replication.factor': size,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': size,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1000,
    'broker.session.timeout.ms': 2000,
    'broker.heartbeat.interval.ms': 500,
    'auto.create.topics.enable': 'false',
    'num.network.threads': 2,
    'num.io.threads': 4,
  }
}

function withClientPort(
  properties: Record<string, string | number>,
  port: number | undefined,
): Record<string, string | number> {
  if (port === undefined) return properties
  const also = (name: string) => `${properties[name]},CLIENT://localhost:${port}`
  return {
    ...properties,
    listeners: also('listeners'),
    'advertised.listeners': also('advertised.listeners'),
    'inter.broker.listener.name': 'PLAINTEXT',
  }
}
