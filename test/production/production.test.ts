import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { startProduction } from '../crash/production-parts.ts'
import { logLine } from '../crash/senders.ts'
import { otlpReceiver } from '../telemetry/otlp-receiver.ts'

const BIN = join(import.meta.dirname, '../../services/cli/lastcall.js')
const ROWS = 3_000
/** An old way that everybody still goes, and one customer who can be told. */
const DEPRECATIONS = `deprecations:
  - id: orders
    api: partner
    thing: { operation: "GET /v1/orders/{id}" }
    announced: 2026-06-01
    sunset: 2027-06-01
    reason: Replaced by the second version.
    successor: { operation: "GET /v2/orders/{id}" }
    guide: { url: "https://docs.partner.example/orders" }
`

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function lastcall(...args: readonly string[]): Promise<Ran> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const text = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text.stdout += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text.stderr += chunk
    })
    child.once('close', status => resolve({ status, ...text }))
  })
}

t.test('ingest, store, serve and notify over a real Kafka and a ClickHouse server', { timeout: 180_000 }, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'lastcall-production-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const skip = (reason: string) => t.test('needs a Kafka broker', { skip: reason }, async () => {})
  const production = await startProduction(folder, skip, DEPRECATIONS)
  if (production === undefined) return
  t.teardown(() => production.end())
  const otlp = await otlpReceiver(t)
  const traced = {
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  }
  const ingest = await production.start('ingest', 'a', traced)
  const store = await production.start('store', 'b', traced)
  const serve = await production.start('serve', 'c')

  const now = Date.now()
  const body = Array.from({ length: ROWS }, (_, number) => logLine(number, now)).join('\n')
  const answer = await fetch(`${ingest.url}/ingest/bodies`, { method: 'POST', body })
  t.strictSame(await answer.json(), { lines: ROWS, calls: ROWS, unparsed: 0, dropped: {} })
  // A second collector's answer to the same body, as a sender gets it that never heard the first.
  const other = await production.start('ingest', 'd')
  t.equal((await fetch(`${other.url}/ingest/bodies`, { method: 'POST', body })).status, 200)
  const asked = async (path: string): Promise<unknown> => (await fetch(`${serve.url}${path}`)).json()
  const total = async (): Promise<number> => ((await asked('/api/v1/totals')) as { total: number }).total
  for (let waited = 0; (await total()) < ROWS && waited < 60_000; waited += 200) await delay(200)
  await delay(2_500)
  t.equal(await total(), ROWS, 'a body that came to two collectors counts once')

  t.test('the API and the board of `serve` show it', async t => {
    const { items } = (await asked('/api/v1/deprecations')) as { items: { id: string; consumersLeft: number }[] }
    t.match(items, [{ id: 'orders', consumersLeft: 7 }])
    t.match(await (await fetch(serve.url)).text(), /orders/)
    t.equal((await fetch(`${serve.url}/ingest/bodies`, { method: 'POST', body: 'x' })).status, 404, 'it takes no logs')
  })

  t.test('one upload is one trace, from the sender through Kafka to the insert', async t => {
    const named = (name: string) => otlp.spans.filter(span => span.name === name)
    await otlp.until(() => named('INSERT calls').length > 0)
    const [server] = named('POST /ingest/:source')
    const sends = named('send lastcall.calls.v1')
    const consumed = named('process lastcall.calls.v1')
    t.ok(sends.length > 0 && sends.every(send => send.traceId === server?.traceId))
    const linked = consumed.flatMap(span => span.links.map(link => link.spanId))
    t.ok(
      sends.some(send => linked.includes(send.spanId)),
      'what was sent to Kafka is linked where it was consumed',
    )
  })

  t.test('`notify --once` plans from the same ClickHouse', async t => {
    const { status, stdout, stderr } = await lastcall(
      ...['notify', '--once', '--json', '--config', production.config, '--data', join(folder, 'c')],
    )
    t.equal(status, 0, stderr)
    t.type(JSON.parse(stdout).planned, 'number')
  })

  t.test('readiness and metrics of each process are its own', async t => {
    for (const one of [ingest, store, serve]) t.equal((await fetch(`${one.url}/readyz`)).status, 200)
    const metrics = await (await fetch(`${store.url}/metrics`)).text()
    t.match(metrics, new RegExp(`lastcall_store_rows_total\\S* ${ROWS}\\b`))
    t.match(
      await (await fetch(`${ingest.url}/metrics`)).text(),
      new RegExp(`lastcall_ingest_lines_total\\S* ${ROWS}\\b`),
    )
  })

  t.test('asked to stop, each ends well', async t => {
    for (const one of [ingest, other, store, serve]) t.equal(await one.ended('SIGTERM'), 0)
  })
})

t.test('a production process says what its configuration lacks', async t => {
  const config = t.testdir({ 'lastcall.yaml': 'sources: []\n' })
  for (const [command, code] of [
    ['ingest', 'LC_KAFKA_NONE'],
    ['store', 'LC_KAFKA_NONE'],
    ['serve', 'LC_CLICKHOUSE_NONE'],
  ] as const) {
    const { status, stderr } = await lastcall(command, '--config', join(config, 'lastcall.yaml'), '--port', '0')
    t.equal(status, 2, command)
    t.match(stderr, code)
  }
})
