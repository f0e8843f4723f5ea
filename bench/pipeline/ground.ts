import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type ClickHouse, openClickHouse } from '../../services/platform/clickhouse.ts'
import { count } from '../../services/platform/clickhouse-rows.ts'
import { type Cluster, startCluster } from '../../test/broker/cluster.ts'
import { ClickHouseProcess } from '../../test/clickhouse/clickhouse-process.ts'
import { ServiceProcess } from '../../test/crash/service-process.ts'

export const PARTITIONS = 4
/** Nothing moved for so long: something is wrong. */
const PATIENCE_MS = 60_000

/** What the pipeline stands on: one real broker, and ClickHouse servers and processes of ours as they are wanted. */
export class Ground {
  readonly cluster: Cluster
  readonly #folder: string
  readonly #ends: (() => Promise<void>)[] = []
  #count = 0

  private constructor(cluster: Cluster, folder: string) {
    this.cluster = cluster
    this.#folder = folder
  }

  /** Undefined where no broker can be had. */
  static async open(): Promise<Ground | undefined> {
    const cluster = await startCluster({}, reason => process.stderr.write(`${reason}\n`))
    return cluster === undefined ? undefined : new Ground(cluster, await mkdtemp(join(tmpdir(), 'lastcall-bench-')))
  }

  get broker(): string {
    return this.cluster.addresses[0] ?? ''
  }

  folder(): string {
    this.#count += 1
    return join(this.#folder, `${this.#count}`)
  }

  /** An empty server. */
  async clickhouse(): Promise<ClickHouseProcess> {
    const server = new ClickHouseProcess(this.folder())
    this.#ends.push(() => server.kill())
    await server.start()
    return server
  }

  /** One of our processes. `group`: whose positions a store goes on from; `flags`: for Node. */
  async start(
    command: 'ingest' | 'store',
    clickhouse: ClickHouseProcess | undefined,
    group = 'bench',
    flags: readonly string[] = [],
  ): Promise<ServiceProcess> {
    const folder = this.folder()
    const config = await this.configuration(clickhouse, group)
    const pepper = { LASTCALL_PEPPER: 'fake-pepper-of-a-bench-'.repeat(2) }
    const one = new ServiceProcess(command, ['--config', config, '--data', folder, '--port', '0'], pepper, flags)
    this.#ends.push(() => one.kill())
    await one.start()
    return one
  }

  /** A file that a process of ours runs on. */
  async configuration(clickhouse?: ClickHouseProcess, group = 'bench'): Promise<string> {
    const config = `${this.folder()}.yaml`
    const store = clickhouse === undefined ? '' : `clickhouse: { url: "${clickhouse.url}", database: default }\n`
    await writeFile(
      config,
      `topic: { partitions: ${PARTITIONS}, kafka: { brokers: ["${this.broker}"], group-id: ${group} } }
${store}sources:
  - { id: edge, format: nginx-json, key: { header: x-api-key } }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], operations: ["GET /v1/orders/{id}"] }
`,
    )
    return config
  }

  async end(): Promise<void> {
    await Promise.all(this.#ends.map(end => end()))
    await this.cluster.end()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** Resolves when so many calls are stored. */
export async function stored(clickhouse: ClickHouse, rows: number): Promise<void> {
  let before = -1
  let moved = performance.now()
  for (;;) {
    const total = await callsOf(clickhouse)
    if (total > rows) throw new Error(`${total} rows stored of ${rows} sent`)
    if (total === rows) return
    if (total !== before) moved = performance.now()
    if (performance.now() - moved > PATIENCE_MS) throw new Error(`only ${total} of ${rows} rows were stored`)
    before = total
    await delay(100)
  }
}

export async function callsOf(clickhouse: ClickHouse): Promise<number> {
  return (await clickhouse.query('SELECT count() AS n FROM calls', {}, { n: count }))[0]?.n ?? 0
}

export const asked = (server: ClickHouseProcess): Promise<ClickHouse> => openClickHouse(server.settings)
