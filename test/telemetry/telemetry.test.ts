import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ServiceProcess } from '../crash/service-process.ts'
import { jsonLine } from '../running.ts'
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from './otlp-receiver.ts'

const SECRET = 'sk-visibly-fake-5d41402abc4b2a76b9719d911017c592'
const CONFIG = `sources:
  - { id: edge-marker, format: auto, host: api.partner.example, key: { header: x-api-key } }
apis:
  - id: all
    policy: scale
    hosts: [api.partner.example]
    support: help@partner.example
    operations: ["GET /v1/orders/{id}"]
topic: { partitions: 1 }
`
/** Soon, so that a test need not wait for what is bundled. */
const SOON = { OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_BLRP_SCHEDULE_DELAY: '50', OTEL_METRIC_EXPORT_INTERVAL: '400' }

async function lastcall(t: Test, environment: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const folder = t.testdir({ 'lastcall.yaml': CONFIG })
  const args = ['--config', join(folder, 'lastcall.yaml'), '--data', join(folder, 'data'), '--port', '0']
  const child = new ServiceProcess('up', [...args, '--log-level', 'debug'], { ...SOON, ...environment })
  t.teardown(() => child.kill('SIGTERM'))
  await child.start()
  return child
}

const upload = (url: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${url}/ingest/edge-marker`, { method: 'POST', body, headers })

const named = (otlp: OtlpReceiver, name: string): readonly ReceivedSpan[] =>
  otlp.spans.filter(span => span.name === name)

const said = ({ attributes }: Pick<ReceivedSpan, 'attributes'>): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

const SERVER = 'POST /ingest/:source'
const SEND = 'send lastcall.calls.v1'
const PROCESS = 'process lastcall.calls.v1'

t.test('an upload is seen from its sender through the topic to the insert', async t => {
  const otlp = await otlpReceiver(t)
  const { url } = await lastcall(t, {
    OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test%20bench',
  })
  const trace = '0af7651916cd43dd8448eb211c80319c'
  const line = jsonLine({ request_uri: `/v1/orders/7?api_key=${SECRET}`, 'x-api-key': SECRET })
  const answer = await upload(url, line, {
    traceparent: `00-${trace}-b7ad6b7169203331-01`,
    tracestate: `vendor=${SECRET}`,
    baggage: `token=${SECRET}`,
    authorization: `Bearer ${SECRET}`,
    'idempotency-key': SECRET,
  })
  t.equal(answer.status, 200)
  await otlp.until(() => named(otlp, PROCESS).length > 0)

  t.test('its spans are one trace, each the child of the one before', async t => {
    const [server] = named(otlp, SERVER)
    const [send] = named(otlp, SEND)
    const [process] = named(otlp, PROCESS)
    const [insert] = named(otlp, 'INSERT calls')
    t.match(server, { kind: 2, traceId: trace, parentSpanId: 'b7ad6b7169203331' })
    t.match(send, { kind: 4, traceId: trace, parentSpanId: server?.spanId, links: [{ spanId: server?.spanId }] })
    t.match(process, { kind: 5, traceId: trace, parentSpanId: send?.spanId, links: [{ spanId: send?.spanId }] })
    t.match(insert, { kind: 3, traceId: trace, parentSpanId: process?.spanId })
    t.strictSame(
      [server, send, process, insert].map(span => span?.status.code ?? 0),
      [0, 0, 0, 0],
    )
  })

  t.test('they say what the semantic conventions ask, and nothing beyond', async t => {
    const of = (name: string) => said(named(otlp, name)[0] ?? { attributes: [] })
    t.strictSame(of(SERVER), {
      'http.request.method': 'POST',
      'http.route': '/ingest/:source',
      'url.scheme': 'http',
      'lastcall.source': 'edge-marker',
      'http.response.status_code': 200,
    })
    const topic = {
      'messaging.system': 'sqlite',
      'messaging.destination.name': 'lastcall.calls.v1',
      'messaging.destination.partition.id': '0',
      'lastcall.rows': 1,
    }
    t.strictSame(of(SEND), { ...topic, 'messaging.operation.name': 'send', 'messaging.operation.type': 'send' })
    t.strictSame(of(PROCESS), {
      ...topic,
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.batch.message_count': 1,
    })
    t.strictSame(of('INSERT calls'), {
      'db.system.name': 'clickhouse',
      'db.operation.name': 'INSERT',
      'db.collection.name': 'calls',
    })
  })

  t.test('the log carries the ids of the trace', async t => {
    const about = () => otlp.logs.find(({ body }) => body.stringValue === 'an upload stands on the topic')
    await otlp.until(() => about() !== undefined)
    t.match(about(), { traceId: trace, spanId: named(otlp, SERVER)[0]?.spanId, severityText: 'DEBUG' })
    t.strictSame(said(about() ?? { attributes: [] }), { source: 'edge-marker', lines: 1 })
  })

  t.test('uploads that share a block are each linked, and each block to the insert that took it', async t => {
    const before = new Set(otlp.spans.map(span => span.spanId))
    const fresh = (name: string) => named(otlp, name).filter(span => !before.has(span.spanId))
    const answers = await Promise.all(Array.from({ length: 40 }, () => upload(url, jsonLine())))
    t.ok(answers.every(({ status }) => status === 200))
    const linked = (name: string) => fresh(name).flatMap(({ links }) => links.map(({ spanId }) => spanId))
    const all = (name: string) => fresh(name).map(({ spanId }) => spanId)
    await otlp.until(() => all(SERVER).length === 40 && linked(PROCESS).length >= all(SEND).length)
    t.strictSame(linked(SEND).sort(), all(SERVER).sort(), 'each upload is in one block')
    t.strictSame(linked(PROCESS).sort(), all(SEND).sort(), 'each block is in one range')
    t.ok(all(SEND).length < 40, 'blocks were shared')
    for (const { spanId, links, parentSpanId } of fresh(PROCESS)) {
      t.equal(
        parentSpanId,
        links.length === 1 ? links[0]?.spanId : undefined,
        'a range of several is a trace of its own',
      )
      t.equal(fresh('INSERT calls').filter(insert => insert.parentSpanId === spanId).length, 1)
    }
  })

  t.test('metrics go the same way, and /metrics still answers', async t => {
    const names = ['lastcall_ingest_lines', 'lastcall_store_rows', 'lastcall_store_insert_duration']
    names.push('lastcall_store_freshness', 'lastcall_store_lag', 'lastcall_clickhouse_parts', 'lastcall_store_lag_time')
    const metrics = () => otlp.bodies.filter(({ path }) => path === '/v1/metrics')
    await otlp.until(() => names.every(name => metrics().some(({ text }) => text.includes(name))))
    t.equal(metrics()[0]?.type, 'application/x-protobuf', 'as OTLP does when nothing else is asked for')
    t.ok(
      metrics().some(({ text }) => text.includes('test bench')),
      'what the environment says of the process goes along',
    )
    const page = await (await fetch(`${url}/metrics`)).text()
    for (const name of names) t.match(page, name)
    t.match(page, /lastcall_store_rows_total\{[^}]*\} 41/)
    t.match(page, /lastcall_store_freshness_bucket\{[^}]*le="0\.25"/, 'bounds are for seconds')
  })

  t.test('nothing that was handed over holds a secret', async t => {
    t.ok(
      otlp.bodies.some(({ text }) => text.includes('edge-marker')),
      'what may be there is found',
    )
    for (const { path, text } of otlp.bodies) {
      if (text.includes(SECRET) || text.includes('/v1/orders')) t.fail(`${path} holds what it must not`)
    }
  })
})

t.test('a signal goes only where it is asked for', async t => {
  const otlp = await otlpReceiver(t)
  const { url } = await lastcall(t, {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${otlp.url}/v1/traces`,
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
    OTEL_TRACES_SAMPLER: 'parentbased_always_off',
  })
  await upload(url, jsonLine())
  await upload(url, jsonLine(), { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' })
  await otlp.until(() => named(otlp, 'INSERT calls').length > 0)
  t.strictSame([...new Set(otlp.bodies.map(({ path }) => path))], ['/v1/traces'])
  t.equal(named(otlp, SERVER).length, 1, 'the sampler of the standard variable is obeyed, and so is a sender’s mark')
})

t.test('a collector that never answers holds up neither uploads nor the end, and is told once', async t => {
  const hole = createServer(socket => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
  await once(hole, 'listening')
  t.teardown(() => hole.close())
  const endpoint = `http://127.0.0.1:${(hole.address() as AddressInfo).port}`
  const child = await lastcall(t, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
  const told = () => child.errors.split('\n').filter(line => line.includes('telemetry has trouble')).length
  for (let round = 0; round < 200 && told() === 0; round += 1) {
    t.equal((await upload(child.url, jsonLine())).status, 200)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  const began = performance.now()
  await child.kill('SIGTERM')
  t.ok(performance.now() - began < 6_000, 'far less than the ten seconds an export is given by default')
  t.equal(told(), 1)
})
