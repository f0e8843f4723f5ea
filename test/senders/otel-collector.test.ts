import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { ask } from '../crash/sums.ts'
import { UpProcess } from '../crash/up-process.ts'
import { builtCollector, CollectorProcess, freePort } from './otel-collector.fixture.ts'

const LINES = 10_000
const KILLS = 3

const binary = builtCollector()
if (binary === undefined) {
  if (process.env.LASTCALL_REQUIRE_SENDERS === '1')
    t.fail('the OpenTelemetry Collector needs Go and its modules to be built')
  else t.plan(0, 'there is no Go here, or no modules, to build the OpenTelemetry Collector with')
} else
  t.test(
    'an OpenTelemetry Collector sends by OTLP/HTTP and OTLP/gRPC while we are killed: its retries count once',
    { timeout: 180_000 },
    async (t: Test) => {
      const folder = await mkdtemp(join(tmpdir(), 'lastcall-collector-'))
      const [http, grpc] = [await freePort(), await freePort()]
      const config = join(folder, 'lastcall.yaml')
      await writeFile(
        config,
        `grpc: { port: ${grpc} }
sources:
  - { id: by-http, format: auto, realm: one }
  - { id: by-grpc, format: auto, realm: one }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], operations: ["GET /v1/orders/{id}"] }
`,
      )
      const log = join(folder, 'access.json')
      await writeFile(log, '')
      await writeFile(join(folder, 'collector.yaml'), collectorYaml(log, http, grpc))
      const data = join(folder, 'data')
      const up = new UpProcess(['--config', config, '--data', data, '--port', String(http)])
      await up.start()
      const collector = new CollectorProcess(binary, join(folder, 'collector.yaml'))
      t.teardown(async () => {
        await collector.stop()
        await up.kill()
        await rm(folder, { recursive: true, force: true })
      })
      // A gateway writes on meanwhile.
      const writing = write(log)
      for (let kill = 0; kill < KILLS; kill++) {
        await delay(700)
        await up.kill()
        await delay(300)
        await up.start()
      }
      await writing
      const sums = await settled(up.url, 2 * LINES)
      const retries = collector.said('Exporting failed. Will retry')
      await collector.stop()
      await up.kill('SIGTERM')
      t.ok(retries > 0, `it had to send again (${retries} times)`)
      t.equal(collector.said('Exporting failed. Dropping'), 0, 'it gave nothing up')
      const stored = await storedOf(data)
      t.comment(JSON.stringify({ sent: LINES, retries, sums, stored }))
      t.equal(sums, 2 * LINES)
      const once = { calls: LINES, places: LINES, ids: LINES }
      t.strictSame(stored, { 'by-grpc': once, 'by-http': once })
    },
  )

async function write(log: string): Promise<void> {
  const began = Date.now()
  for (let first = 0; first < LINES; first += 100) {
    await appendFile(log, Array.from({ length: 100 }, (_, i) => lineOf(`r${first + i}`, began + first + i)).join(''))
    await delay(40)
  }
}

function lineOf(id: string, at: number): string {
  const line = {
    msec: (at / 1000).toFixed(3),
    request_id: id,
    method: 'GET',
    host: 'api.partner.example',
    request_uri: '/v1/orders/7',
    status: '200',
    ua: 'agent/1',
  }
  return `${JSON.stringify(line)}\n`
}

/** Queue and retries as shipped, but for shorter waits between tries. */
function collectorYaml(log: string, http: number, grpc: number): string {
  const retry = '{ enabled: true, initial_interval: 100ms, max_interval: 1s, max_elapsed_time: 120s }'
  return `receivers:
  filelog: { include: ["${log}"], start_at: beginning, poll_interval: 50ms, retry_on_failure: { enabled: true } }
exporters:
  otlp_http:
    logs_endpoint: http://127.0.0.1:${http}/v1/logs
    headers: { lastcall-source: by-http }
    retry_on_failure: ${retry}
  otlp_grpc:
    endpoint: 127.0.0.1:${grpc}
    tls: { insecure: true }
    headers: { lastcall-source: by-grpc }
    retry_on_failure: ${retry}
service:
  telemetry: { metrics: { level: none } }
  pipelines:
    logs: { receivers: [filelog], exporters: [otlp_http, otlp_grpc] }
`
}

async function settled(url: string, lines: number): Promise<number> {
  let total = 0
  for (let tries = 0; total < lines && tries < 150; tries++) {
    await delay(200)
    const answer = await fetch(`${url}/api/v1/totals`).catch(() => undefined)
    if (answer?.ok === true) total = ((await answer.json()) as { total: number }).total
  }
  return total
}

interface Stored {
  readonly calls: number
  /** Rows of the topic: fewer than calls, one was stored twice; more than ids, a line came twice and was taken for two. */
  readonly places: number
  readonly ids: number
}

async function storedOf(data: string): Promise<Record<string, Stored>> {
  const clickhouse = await openClickHouse({ embedded: { folder: join(data, 'clickhouse') } })
  const stored: Record<string, Stored> = {}
  for (const source of ['by-grpc', 'by-http']) {
    const where = `FROM calls WHERE source = '${source}'`
    stored[source] = {
      calls: await ask(clickhouse, `SELECT count() AS n ${where}`),
      places: await ask(clickhouse, `SELECT uniqExact(partition, offset, row) AS n ${where}`),
      ids: await ask(clickhouse, `SELECT uniqExact(request_id) AS n ${where}`),
    }
  }
  await clickhouse.close()
  return stored
}
