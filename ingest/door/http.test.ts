import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import t from 'tap'
import { type Installation, installation, jsonLine } from '../../test/running.ts'

const good = (calls: number) => ({ lines: calls, calls, unparsed: 0, dropped: {} })
const LOGS = new URL('../../test/fixtures/logs/', import.meta.url)

let here: Installation
t.before(async () => {
  here = await installation(
    t,
    `limits: { encoded-bytes: 3000000, decoded-bytes: 4000000 }
sources:
  - { id: edge, format: auto, realm: one }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], support: help@partner.example }
`,
  )
})

const answerOf = async (response: Response) => ({ status: response.status, body: await response.json() })

t.test('one record or many, framed and packed in any way, are answered 200 with their sums', async t => {
  const lines = [jsonLine(), jsonLine(), jsonLine()]
  const body = Buffer.from(lines.join('\n'))
  const bodies: readonly [string, string | Uint8Array, number, Record<string, string>?][] = [
    ['object', jsonLine(), 1],
    ['array', `[${jsonLine()},${jsonLine()}]`, 2],
    ['NDJSON', `${jsonLine()}\n${jsonLine()}\r\n\n${jsonLine()}\n`, 3],
    ['concatenated', jsonLine() + jsonLine(), 2],
    ['gzip', gzipSync(body), 3, { 'content-encoding': 'gzip' }],
    ['gzip that no header names', gzipSync(`${jsonLine()}\n`), 1],
    ['zstd', zstdCompressSync(Buffer.from(jsonLine())), 1, { 'content-encoding': 'zstd' }],
    ['deflate', deflateSync(jsonLine()), 1, { 'content-encoding': 'deflate' }],
    ['deflate without its frame', deflateRawSync(jsonLine()), 1, { 'content-encoding': 'deflate' }],
    ['plain, though the header says gzip', jsonLine(), 1, { 'content-encoding': 'gzip' }],
  ]
  for (const [name, sent, calls, headers] of bodies) {
    t.strictSame(await answerOf(await here.post('edge', sent, headers)), { status: 200, body: good(calls) }, name)
  }
})

t.test('whatever the Content-Type says or fails to say, the body is taken', async t => {
  for (const type of [
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'nonsense',
    ';;;',
    'application/cloudevents-batch+json; charset="utf-8',
  ]) {
    const response = await here.post('edge', jsonLine(), { 'content-type': type })
    t.strictSame(await answerOf(response), { status: 200, body: good(1) }, type)
  }
})

t.test('HEAD and GET on the address of a source answer 200, for senders that ask before they send', async t => {
  for (const method of ['HEAD', 'GET'])
    t.equal((await fetch(`${here.url}/ingest/edge`, { method })).status, 200, method)
})

t.test('an undeclared source is 404, in problem details that say what to do', async t => {
  const response = await here.post('nowhere', jsonLine())
  t.equal(response.status, 404)
  t.match(response.headers.get('content-type'), 'application/problem+json')
  t.match(await response.json(), { code: 'LC_INGEST_SOURCE', status: 404, detail: /lastcall.yaml/ })
  t.equal((await here.post('auto', jsonLine())).status, 200, 'auto is always there')
})

t.test('a body over the cap is 413, announced or not, packed or not; one below it is taken', async t => {
  const tooMuch = Buffer.alloc(3_000_001, 'x\n')
  t.equal((await here.post('edge', tooMuch)).status, 413, 'announced')
  const stream = new ReadableStream({
    start: controller => {
      controller.enqueue(tooMuch)
      controller.close()
    },
  })
  const chunked = await fetch(`${here.url}/ingest/edge`, {
    method: 'POST',
    body: stream,
    duplex: 'half',
  } as RequestInit)
  t.equal(chunked.status, 413, 'in chunks')
  const unpacksTooMuch = gzipSync(Array.from({ length: 30_000 }, (_, n) => jsonLine({ n })).join('\n'))
  t.equal((await here.post('edge', unpacksTooMuch)).status, 413, 'by what it unpacks to')
  const bomb = await here.post('edge', gzipSync(Buffer.alloc(200_000_000)))
  t.equal(bomb.status, 413, 'a bomb')
  t.match(await bomb.json(), { code: 'LC_INGEST_TOO_LARGE' })
  const large = Array.from({ length: 10_000 }, () => jsonLine()).join('\n')
  t.strictSame(await answerOf(await here.post('edge', large)), { status: 200, body: good(10_000) })
})

t.test('a body that will not decompress is 200 with one line unparsed', async t => {
  const whole = gzipSync(Array.from({ length: 100 }, () => jsonLine()).join('\n'))
  const broken = { lines: 1, calls: 0, unparsed: 1, dropped: {} }
  const flipped = Buffer.from(whole)
  flipped.fill(0xff, 40, 60)
  for (const body of [whole.subarray(0, whole.length / 2), flipped, Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 9, 9, 9])]) {
    t.strictSame(await answerOf(await here.post('edge', body)), { status: 200, body: broken })
  }
})

t.test('records that cannot be read are set aside, and their neighbours are taken', async t => {
  const response = await here.post(
    'edge',
    `${jsonLine()}\nno log line at all\n${jsonLine({ msec: '1.000' })}\n${jsonLine({ host: 'other.example' })}\n${jsonLine()}`,
  )
  const { status, body } = await answerOf(response)
  t.equal(status, 200)
  t.match(body, { lines: 5, calls: 2, unparsed: 1 })
  t.strictSame((body as { dropped: unknown }).dropped, { 'time-range': 1, 'unknown-host': 1 })
})

t.test('an empty body is a heartbeat: 200, nothing counted', async t => {
  for (const body of ['', '\n\n', '[]', gzipSync('')])
    t.strictSame(
      await answerOf(await here.post('edge', body)),
      { status: 200, body: good(0) },
      JSON.stringify(String(body)),
    )
})

t.test('Firehose hears exactly its request id and a time', async t => {
  const id = 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f'
  const send = () =>
    here.post('auto', readFileSync(new URL('synthetic/firehose-request-direct-put.json', LOGS)), {
      'content-type': 'application/json',
      'x-amz-firehose-request-id': id,
    })
  for (const response of [await send(), await send()]) {
    t.equal(response.status, 200)
    t.match(response.headers.get('content-type'), 'application/json')
    const body = (await response.json()) as { timestamp: number }
    t.strictSame(Object.keys(body), ['requestId', 'timestamp'])
    t.match(body, { requestId: id })
    t.ok(Number.isInteger(body.timestamp))
  }
})

t.test('an OTLP client hears an empty JSON object, also packed', async t => {
  const body = readFileSync(new URL('synthetic/otlp-logs-http-semconv.json', LOGS))
  for (const [sent, headers] of [
    [body, {}],
    [gzipSync(body), { 'content-encoding': 'gzip' }],
  ] as const) {
    const response = await here.post('/v1/logs', sent, { 'content-type': 'application/json', ...headers })
    t.equal(response.status, 200)
    t.equal(await response.text(), '{}')
  }
})

t.test('Fastly finds its challenge, and the test upload of Cloudflare is 200 and no call', async t => {
  const challenge = await fetch(`${here.url}/.well-known/fastly/logging/challenge`)
  t.equal(challenge.status, 200)
  t.equal(await challenge.text(), '*\n')
  const test = await here.post('edge', gzipSync('{"content":"tests"}'), { 'content-encoding': 'gzip' })
  t.match(await answerOf(test), { status: 200, body: { lines: 0, calls: 0 } })
})

t.test('no body makes it answer 500 or 503', async t => {
  const bodies = [
    '{',
    '[',
    '[1,2',
    '"',
    '{}',
    'null',
    '[[[[',
    '\0\0\0',
    '{"a":',
    Buffer.alloc(300, 0xff),
    Buffer.from([0x1f, 0x8b]),
    `${'['.repeat(100_000)}`,
    createHash('sha512').digest(),
  ]
  for (const body of bodies) {
    for (const encoding of ['', 'gzip', 'zstd', 'deflate', 'snappy', 'br', 'gzip, gzip', ','.repeat(50)]) {
      const response = await here.post('edge', body, encoding === '' ? {} : { 'content-encoding': encoding })
      await response.arrayBuffer()
      t.ok(
        [200, 413].includes(response.status),
        `${JSON.stringify(String(body).slice(0, 20))} as ${encoding || 'it is'}`,
      )
    }
  }
})

t.test('what was answered is what sources_hourly holds, and what the store counts', async t => {
  const before = await here.tallies('edge')
  await here.post('edge', `${jsonLine()}\n${jsonLine()}\nrubbish\n${jsonLine({ host: 'other.example' })}`)
  const after = await here.tallies('edge')
  const gained = (name: string) => (after[name] ?? 0) - (before[name] ?? 0)
  t.strictSame([gained('call'), gained('unparsed:unknown-format'), gained('dropped:unknown-host')], [2, 1, 1])
  t.equal(await here.calls('edge'), after.call)
})

// Stops the installation: it would keep the process alive.
t.end()
