import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { tokenDigest } from '../../services/platform/access.ts'
import { ENVOY_MESSAGE, encode, envoyStream, exportLogs, exportRequest, openGrpc } from './grpc.fixture.ts'

const TOKEN = 'lc_example_token_of_no_use'

t.test('an export is answered OK once it stands on the topic, and the same request again counts once', async t => {
  const door = await openGrpc(t, {}, [{ id: 'otlp' }])
  const client = door.client({ 'grpc.default_compression_algorithm': 2 })
  const ids = Array.from({ length: 2_500 }, (_, i) => `r${i}`)
  const request = exportRequest(ids)
  for (let times = 0; times < 3; times++)
    t.strictSame(await exportLogs(client, request), { code: 0, response: {}, retry: undefined })
  const stands = await door.stands()
  t.strictSame([...stands.ids].sort(), [...ids].sort())
  t.strictSame([...stands.sources], ['otlp'])
  t.ok(stands.keys.length > new Set(stands.keys).size, 'the resends are on the log, as repeats')
  t.equal(door.held(), 0)
})

t.test('records in which no request is read are rejected in a partial success, their neighbours are kept', async t => {
  const door = await openGrpc(t)
  const client = door.client()
  const broken = Buffer.concat([exportRequest(['a']), Buffer.from([0x0a, 4, 0x12, 2, 0x12, 0])])
  t.strictSame(await exportLogs(client, broken), {
    code: 0,
    response: { partialSuccess: { rejectedLogRecords: '1', errorMessage: 'records without a readable request' } },
    retry: undefined,
  })
  t.match(await exportLogs(client, Buffer.from([0x0a, 0x7f, 1])), {
    code: 0,
    response: { partialSuccess: { rejectedLogRecords: '1' } },
  })
  t.match(await exportLogs(client, Buffer.alloc(0)), { code: 0, response: {} }, 'an empty request is a heartbeat')
  const { ids, tallies } = await door.stands()
  t.strictSame(ids, ['a'])
  t.match(tallies, { call: 1, 'unparsed:encoding': 1 })
})

t.test(
  'tokens: none or a wrong one is UNAUTHENTICATED, an undeclared source NOT_FOUND, the right one passes',
  async t => {
    const door = await openGrpc(t, { tokens: () => [tokenDigest(TOKEN)] }, [
      { id: 'edge', tokens: [tokenDigest('lc_example_of_edge')] },
      { id: 'otlp' },
    ])
    const client = door.client()
    const request = exportRequest(['a'])
    const at = (source: string, token = '') =>
      exportLogs(client, request, {
        'lastcall-source': source,
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      })
    t.match(await at('edge'), { code: 16, retry: undefined })
    t.match(await at('edge', 'lc_example_wrong'), { code: 16, retry: undefined })
    t.match(await at('edge', 'lc_example_of_edge'), { code: 0 })
    t.match(await at('edge', TOKEN), { code: 16 }, 'a source with tokens takes only those')
    t.match(await at('otlp'), { code: 0 }, 'this machine needs none where the source has none')
    t.match(await exportLogs(client, request, { 'x-forwarded-for': '127.0.0.1' }), { code: 16 }, 'a proxy does')
    t.match(await at('nowhere', TOKEN), { code: 5, retry: undefined })
    t.strictSame([...(await door.stands()).sources].sort(), ['edge', 'otlp'])
  },
)

t.test('trouble is UNAVAILABLE with the time to come again; too large is for good', async t => {
  const door = await openGrpc(t)
  const client = door.client({ 'grpc.max_send_message_length': -1 })
  door.accept(false)
  t.match(await exportLogs(client, exportRequest(['a'])), { code: 14, retry: '2' })
  door.accept(true)
  t.match(await exportLogs(client, Buffer.alloc(4_000_001)), { code: 8, retry: undefined })
  const packed = door.client({ 'grpc.default_compression_algorithm': 2, 'grpc.max_send_message_length': -1 })
  t.match(await exportLogs(packed, Buffer.alloc(4_000_001)), { code: 8, retry: undefined }, 'decoded too')
  t.match(await exportLogs(client, exportRequest(['a'])), { code: 0 })
  t.equal(door.held(), 0)
})

t.test('a source that has used up its limit is told when to come again', async t => {
  const limits = { bytesPerSecond: undefined, uploadsPerSecond: 1, bodyBytes: 2_000 }
  const door = await openGrpc(t, {}, [{ id: 'otlp', limits }])
  const client = door.client()
  for (const id of ['a', 'b']) t.match(await exportLogs(client, exportRequest([id])), { code: 0 })
  t.match(await exportLogs(client, exportRequest(['c'])), { code: 8, retry: '1' })
  await delay(1_100)
  t.match(await exportLogs(client, Buffer.alloc(2_001)), { code: 8, retry: undefined }, 'larger than it may be')
})

t.test('what is no call of ours is refused, what is no gRPC at all harms nobody', async t => {
  const door = await openGrpc(t)
  const http2 = connectHttp2(`http://127.0.0.1:${door.port}`)
  t.teardown(() => http2.destroy())
  http2.on('error', () => {})
  const ask = (headers: Record<string, string>, body = '') =>
    new Promise<Record<string, unknown>>(resolve => {
      const stream = http2.request(headers)
      stream.on('error', () => resolve({}))
      stream.on('response', response => resolve({ ...response }))
      stream.end(body)
    })
  const grpc = { ':method': 'POST', 'content-type': 'application/grpc' }
  t.match(await ask({ ':method': 'POST', ':path': '/' }), { ':status': 415 })
  t.match(await ask({ ...grpc, ':path': '/grpc.health.v1.Health/Check' }), { 'grpc-status': '12' })
  const path = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
  t.match(await ask({ ...grpc, ':path': path }), { 'grpc-status': '3' }, 'a call without a message')
  t.match(await ask({ ...grpc, ':path': path }, '\0\xff\xff\xff\xff'), { 'grpc-status': '8' }, 'a length of 4 GB')
  for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01', '']) {
    const socket = connect(door.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.end(bytes)
  }
  const idle = Array.from({ length: 300 }, () => connect(door.port, '127.0.0.1').on('error', () => {}))
  t.teardown(() => idle.forEach(socket => void socket.destroy()))
  t.match(await exportLogs(door.client(), exportRequest(['a'])), { code: 0 })
  t.equal(door.held(), 0)
})

t.test('bytes of a message that never comes whole are held no longer than its sender', async t => {
  const door = await openGrpc(t)
  const http2 = connectHttp2(`http://127.0.0.1:${door.port}`)
  http2.on('error', () => {})
  const stream = http2.request({
    ':method': 'POST',
    'content-type': 'application/grpc',
    ':path': '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
  })
  stream.on('error', () => {})
  stream.write(Buffer.from([0, 0, 1, 0, 0, 1, 2, 3]))
  for (let i = 0; door.held() === 0 && i < 100; i++) await delay(10)
  t.equal(door.held(), 8)
  http2.destroy()
  for (let i = 0; door.held() > 0 && i < 100; i++) await delay(10)
  t.equal(door.held(), 0)
})

const entry = (id: string, more: object = {}) => ({
  commonProperties: {
    startTime: { seconds: Math.floor(Date.now() / 1000), nanos: 5e8 },
    accessLogType: 'DownstreamEnd',
  },
  request: { requestMethod: 'GET', authority: 'api.partner.example', path: '/v1/orders/7', requestId: id },
  response: { responseCode: { value: 200 } },
  ...more,
})

t.test('Envoy streams its access log; the log’s name selects the source, TCP entries are dropped', async t => {
  const door = await openGrpc(t, {}, [{ id: 'edge' }, { id: 'envoy' }])
  const client = door.client()
  const first = envoyStream(client)
  first.call.write(
    encode(ENVOY_MESSAGE, {
      identifier: { node: { id: 'n' }, logName: 'edge' },
      httpLogs: { logEntry: [entry('a'), entry('b')] },
    }),
  )
  first.call.write(encode(ENVOY_MESSAGE, { httpLogs: { logEntry: [entry('c')] } }))
  first.call.write(encode(ENVOY_MESSAGE, { tcpLogs: { logEntry: [{ commonProperties: {} }, {}] } }))
  first.call.end()
  t.equal(await first.code, 0)
  const second = envoyStream(client)
  second.call.write(encode(ENVOY_MESSAGE, { identifier: { logName: 'other' }, httpLogs: { logEntry: [entry('d')] } }))
  second.call.write(Buffer.from([0x12, 0x7f]))
  second.call.end()
  t.equal(await second.code, 0)
  const { ids, sources, tallies } = await door.stands()
  t.strictSame([...ids].sort(), ['a', 'b', 'c', 'd'])
  t.strictSame([...sources].sort(), ['edge', 'envoy'])
  t.match(tallies, { call: 4, 'dropped:not-a-request': 2, 'unparsed:encoding': 1 })
  t.equal(door.held(), 0)
})

t.test('Envoy’s stream needs a token of the source it turns out to be for', async t => {
  const door = await openGrpc(t, {}, [{ id: 'edge', tokens: [tokenDigest(TOKEN)] }])
  const client = door.client()
  const message = encode(ENVOY_MESSAGE, { identifier: { logName: 'edge' }, httpLogs: { logEntry: [entry('a')] } })
  const without = envoyStream(client)
  without.call.write(message)
  t.equal(await without.code, 16)
  const withToken = envoyStream(client, { authorization: `Bearer ${TOKEN}` })
  withToken.call.write(message)
  withToken.call.end()
  t.equal(await withToken.code, 0)
  t.strictSame((await door.stands()).ids, ['a'])
})

t.test('a door that stops finishes what it read and ends endless streams', async t => {
  const door = await openGrpc(t)
  const stream = envoyStream(door.client())
  stream.call.write(encode(ENVOY_MESSAGE, { httpLogs: { logEntry: [entry('a')] } }))
  for (let i = 0; (await door.stands()).ids.length === 0 && i < 20; i++) await delay(10)
  await door.stop()
  await stream.code
  t.strictSame((await door.stands()).ids, ['a'])
})

t.test('where it listens must be open to it and closed to strangers', async t => {
  const door = await openGrpc(t)
  await t.rejects(openGrpc(t, { grpc: { port: door.port } }), { code: 'LC_GRPC_PORT', exit: 3 })
  await t.rejects(openGrpc(t, { grpc: { host: '0.0.0.0' } }), { code: 'LC_GRPC_OPEN', exit: 2 })
  await t.rejects(openGrpc(t, { grpc: { certFile: '/nowhere.pem' } }), { code: 'LC_GRPC_TLS', exit: 2 })
})
