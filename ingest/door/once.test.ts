import { request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { tokenDigest } from '../../services/platform/access.ts'
import { type Installation, installation, jsonLine } from '../../test/running.ts'

let here: Installation
t.before(async () => {
  const names = ['equal', 'cut', 'named', 'fine', 'keyed', 'many']
  here = await installation(
    t,
    `sources:
${names.map(id => `  - { id: ${id}, format: auto, realm: one }`).join('\n')}
  - { id: guarded, format: auto, realm: one, tokens: [${tokenDigest('fake-token-1')}] }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], support: help@partner.example }
`,
  )
})

/** Nothing in it tells one request from another of the same second. */
const coarse = (): string => jsonLine({ request_id: undefined, msec: `${Math.floor(Date.now() / 1000)}.000` })

async function sendAll(t: Test, source: string, body: string, times: number, headers: Record<string, string> = {}) {
  for (let sent = 0; sent < times; sent += 1) {
    const response = await here.post(source, body, headers)
    t.equal(response.status, 200)
    await response.arrayBuffer()
  }
}

/** Sends a body and cuts the socket before an answer can have been read. */
async function sendAndCut(source: string, body: string): Promise<void> {
  const { hostname, port } = new URL(here.url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.on('error', () => {})
  const head = `POST /ingest/${source} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
  await new Promise<void>(resolve => socket.write(head + body, () => resolve()))
  socket.resetAndDestroy()
  await delay(300)
}

t.test('two honest equal bodies without request ids are two', async t => {
  await sendAll(t, 'equal', coarse(), 2)
  t.equal(await here.calls('equal'), 2)
  t.strictSame(await here.tallies('equal'), { call: 2 })
})

t.test('a body sent again because the socket was cut before the answer is one', async t => {
  const body = coarse()
  await sendAndCut('cut', body)
  await sendAll(t, 'cut', body, 1)
  t.equal(await here.calls('cut'), 1)
  t.strictSame(await here.tallies('cut'), { call: 1 })
  await sendAll(t, 'cut', body, 1)
  t.equal(await here.calls('cut'), 2, 'the next one after an answer that was heard is a new one')
})

t.test('equal bodies with request ids are one, however often they were answered', async t => {
  await sendAll(t, 'named', jsonLine({ request_id: 'the-same', msec: `${Math.floor(Date.now() / 1000)}.000` }), 3)
  t.equal(await here.calls('named'), 1)
})

t.test('equal bodies with times finer than a second are one', async t => {
  await sendAll(t, 'fine', jsonLine({ request_id: undefined, msec: `${Math.floor(Date.now() / 1000)}.123` }), 3)
  t.equal(await here.calls('fine'), 1)
})

t.test('an upload under the same Idempotency-Key counts once, under another again', async t => {
  await sendAll(t, 'keyed', coarse(), 3, { 'idempotency-key': 'upload-1' })
  t.equal(await here.calls('keyed'), 1)
  await sendAll(t, 'keyed', coarse(), 2, { 'idempotency-key': 'upload-2' })
  t.equal(await here.calls('keyed'), 2)
})

t.test('an upload of many parts, sent again at once and side by side, counts once', async t => {
  const body = Array.from({ length: 3_000 }, () => jsonLine()).join('\n')
  await Promise.all(Array.from({ length: 4 }, () => sendAll(t, 'many', body, 1)))
  t.equal(await here.calls('many'), 3_000)
  t.strictSame(await here.tallies('many'), { call: 3_000 })
})

t.test('a sender without a valid token is refused before its body is read', async t => {
  const { hostname, port } = new URL(here.url)
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sending = request({
      host: hostname,
      port,
      method: 'POST',
      path: '/ingest/guarded',
      headers: { 'content-length': 1_000 },
    })
    sending.once('response', response => {
      resolve(response.statusCode)
      sending.destroy()
    })
    sending.once('error', reject)
    sending.write('{"the body": "never comes to its end')
  })
  t.equal(status, 401)
})

t.test(
  'a source with tokens takes them as bearer, as the password of Basic and as the access key of Firehose',
  async t => {
    const right = 'fake-token-1'
    const basic = (token: string) => `Basic ${Buffer.from(`anyone:${token}`).toString('base64')}`
    const ways = [
      { authorization: `Bearer ${right}` },
      { authorization: basic(right) },
      { 'x-amz-firehose-access-key': right },
    ]
    for (const headers of ways)
      t.equal((await here.post('guarded', jsonLine(), headers as Record<string, string>)).status, 200)
    for (const headers of [
      {},
      { authorization: 'Bearer fake-token-2' },
      { authorization: basic('') },
      { authorization: right },
    ]) {
      t.equal((await here.post('guarded', jsonLine(), headers as Record<string, string>)).status, 401)
    }
  },
)

t.test('a web page that calls itself 127.0.0.1, and a proxy on this machine, need a token', async t => {
  const asked = (path: string, method: string, headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const { hostname, port } = new URL(here.url)
      const sending = request({ host: hostname, port, method, path, headers })
      sending.once('response', response => {
        response.resume()
        resolve(response.statusCode)
      })
      sending.once('error', reject)
      sending.end()
    })
  const strangers: Record<string, string>[] = [
    { host: 'evil.example' },
    { host: 'evil.example:8080' },
    { host: '127.0.0.1.evil.example' },
    { host: 'localhost.evil.example' },
    { host: '127.0.0.1', 'x-forwarded-for': '127.0.0.1' },
    { host: '127.0.0.1', forwarded: 'for=127.0.0.1' },
    { host: '127.0.0.1', 'x-real-ip': '127.0.0.1' },
  ]
  for (const headers of strangers) {
    t.equal(await asked('/ingest/auto', 'POST', headers), 401, JSON.stringify(headers))
    t.equal(await asked('/ingest/nowhere', 'POST', headers), 401, 'nor do they learn which sources there are')
    t.equal(await asked('/api/v1/deprecations', 'GET', headers), 401, `reading, ${JSON.stringify(headers)}`)
  }
  for (const host of ['localhost:8080', '127.0.0.1', '[::1]:8080'])
    t.equal(await asked('/ingest/auto', 'POST', { host }), 200, host)
})

// Stops the installation: it would keep the process alive.
t.end()
