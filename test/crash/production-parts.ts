import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Cluster, type ClusterOptions, startCluster } from '../broker/cluster.ts'
import { ClickHouseProcess } from '../clickhouse/clickhouse-process.ts'
import type { Victim } from './chaos.ts'
import type { ScriptProcess } from './script-process.ts'
import { ServiceProcess } from './service-process.ts'

/** Fixed when a topic is made. */
export const PARTITIONS = 4

/** A whole production installation on this machine: a broker, a ClickHouse server, and our processes as ordered. */
export interface Production {
  readonly folder: string
  readonly config: string
  readonly cluster: Cluster
  readonly clickhouse: ClickHouseProcess
  /** Starts another process of this installation; it is ended with it. */
  start(
    command: 'ingest' | 'store' | 'serve',
    name: string,
    environment?: Record<string, string>,
  ): Promise<ServiceProcess>
  end(): Promise<void>
}

/** Undefined, with the reason told to `skip`, where there is no Java or Maven. */
export async function startProduction(
  folder: string,
  skip: (reason: string) => void,
  more = '',
  brokers: ClusterOptions = {},
): Promise<Production | undefined> {
  const cluster = await startCluster(brokers, skip)
  if (cluster === undefined) return undefined
  const clickhouse = new ClickHouseProcess(join(folder, 'clickhouse'))
  await clickhouse.start()
  const config = join(folder, 'lastcall.yaml')
  await writeFile(
    config,
    `topic: { partitions: ${PARTITIONS}, kafka: { brokers: ["${cluster.addresses.join()}"], session-ms: 3000 } }
clickhouse: { url: "${clickhouse.url}", database: default }
sources:
  - { id: bodies, format: nginx-json, realm: one, key: { header: x-api-key } }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], operations: ["GET /v1/orders/{id}"] }
${more}`,
  )
  const processes: ServiceProcess[] = []
  return {
    folder,
    config,
    cluster,
    clickhouse,
    async start(command, name, environment = {}) {
      const args = ['--config', config, '--data', join(folder, name), '--port', '0']
      const one = new ServiceProcess(command, args, {
        LASTCALL_PEPPER: 'fake-pepper-of-a-test-'.repeat(2),
        ...environment,
      })
      processes.push(one)
      await one.start()
      return one
    },
    async end() {
      await Promise.all(processes.map(one => one.kill()))
      await clickhouse.kill()
      await cluster.end()
    },
  }
}

/** One of our processes as a victim: it comes back as an orchestrator would bring it, again and again until it starts. */
export function asVictim(name: string, process: ScriptProcess): Victim {
  return {
    name,
    kill: () => process.kill(),
    suspend: () => process.signal('SIGSTOP'),
    resume: () => process.signal('SIGCONT'),
    revive: () => again(() => process.start()),
  }
}

export async function again(start: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await start()
    } catch {
      await delay(300)
    }
  }
}
