import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { parse } from 'yaml'
import { startCluster } from '../broker/cluster.ts'
import { ClickHouseProcess } from '../clickhouse/clickhouse-process.ts'
import { ServiceProcess } from '../crash/service-process.ts'
import { otlpReceiver } from '../telemetry/otlp-receiver.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const BIN = join(ROOT, 'services/cli/lastcall.js')
const RECORDS = 500
const READER = 'LASTCALL_CLICKHOUSE_READER_PASSWORD'

interface Service {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/** `${NAME:-word}` as compose reads it where NAME is not set. */
const expanded = (value: string): string => value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')

/** One record as Kong's http-log sends it. */
const record = (number: number): object => ({
  request: {
    id: `request-${number}`,
    method: 'POST',
    uri: `/v1/content/${number}/generate`,
    url: `https://api.partner.example/v1/content/${number}/generate`,
    headers: { host: 'api.partner.example', 'user-agent': 'okhttp/4.12' },
  },
  response: { status: 200, headers: {} },
  latencies: { request: 12 },
  consumer: { username: number % 2 === 0 ? 'acme' : 'zenith' },
  started_at: Date.now() - number,
})

t.test(
  'the processes of docker-compose.yml, with its words, its environment and its configuration, over a real Kafka and a ClickHouse server',
  { timeout: 180_000 },
  async t => {
    const folder = await mkdtemp(join(tmpdir(), 'lastcall-compose-'))
    t.teardown(() => rm(folder, { recursive: true, force: true }))
    const cluster = await startCluster({}, reason => t.test('needs a Kafka broker', { skip: reason }, async () => {}))
    if (cluster === undefined) return
    t.teardown(() => cluster.end())
    const { services } = parse(await readFile(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
      readonly services: Readonly<Record<string, Service>>
    }
    const {
      CLICKHOUSE_USER: user = '',
      CLICKHOUSE_PASSWORD = '',
      CLICKHOUSE_DB: database = '',
    } = services.clickhouse?.environment ?? {}
    const clickhouse = new ClickHouseProcess({
      folder: join(folder, 'clickhouse'),
      user,
      password: expanded(CLICKHOUSE_PASSWORD),
      database,
      reader: { user: 'lastcall_reader', password: expanded(services.clickhouse?.environment[READER] ?? '') },
    })
    await clickhouse.start()
    t.teardown(() => clickhouse.kill())
    const otlp = await otlpReceiver(t)

    const config = join(folder, 'config')
    await cp(join(ROOT, 'docs/examples'), config, { recursive: true })
    const addresses = new Map([
      ['kafka:19092', cluster.addresses[0] ?? ''],
      ['http://clickhouse:8123', clickhouse.url],
    ])
    let text = await readFile(join(config, 'production.yaml'), 'utf8')
    for (const [inside, here] of addresses) {
      t.ok(text.includes(inside), inside)
      text = text.replaceAll(inside, here)
    }
    await writeFile(join(config, 'production.yaml'), text)

    const words = (name: string): readonly string[] =>
      (services[name]?.command ?? []).map(word =>
        word.replace(/^\/config/, config).replace(/^\/data$/, join(folder, name === 'notify' ? 'serve' : name)),
      )
    const environment = (name: string): Record<string, string> => {
      const all = Object.entries(services[name]?.environment ?? {}).map(([key, value]) => [key, expanded(value)])
      return { ...Object.fromEntries(all), OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url }
    }
    const start = async (name: string): Promise<ServiceProcess> => {
      const [command = '', ...flags] = words(name)
      const one = new ServiceProcess(command, [...flags, '--host', '127.0.0.1', '--port', '0'], environment(name))
      t.teardown(() => one.kill())
      await one.start()
      return one
    }
    const store = await start('store')
    const ingest = await start('ingest')
    const serve = await start('serve')

    const body = Array.from({ length: RECORDS }, (_, number) => JSON.stringify(record(number))).join('\n')
    const answer = await fetch(`${ingest.url}/ingest/edge-kong`, {
      method: 'POST',
      body,
      headers: { authorization: 'Bearer placeholder-ingest' },
    })
    t.strictSame(await answer.json(), { lines: RECORDS, calls: RECORDS, unparsed: 0, dropped: {} })

    const read = { headers: { authorization: 'Bearer placeholder-read' } }
    const asked = async (path: string): Promise<unknown> => (await fetch(`${serve.url}${path}`, read)).json()
    const total = async (): Promise<number> => ((await asked('/api/v1/totals')) as { total: number }).total
    for (let waited = 0; (await total()) < RECORDS && waited < 60_000; waited += 200) await delay(200)
    t.equal(await total(), RECORDS)
    const { items } = (await asked('/api/v1/deprecations')) as { items: readonly { id: string }[] }
    t.match(
      items.find(({ id }) => id === 'content-generate'),
      { consumersLeft: 2 },
    )
    for (const one of [ingest, store, serve]) t.equal((await fetch(`${one.url}/readyz`)).status, 200)
    await otlp.until(() => otlp.bodies.length > 0)

    const notify = spawn(process.execPath, [BIN, ...words('notify'), '--once', '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment('notify') },
    })
    let said = ''
    notify.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
    })
    const status = await new Promise(done => notify.once('close', done))
    t.equal(status, 0)
    t.ok(JSON.parse(said).planned > 0, 'letters are planned for those who still call')
    for (const one of [ingest, store, serve]) t.equal(await one.ended('SIGTERM'), 0)
  },
)
