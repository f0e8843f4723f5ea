import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { tokenDigest } from '../../services/platform/access.ts'
import { type Installation, installation, jsonLine } from '../../test/running.ts'
import { RawClient } from './raw-client.fixture.ts'

const said: string[] = []
let here: Installation
t.before(async () => {
  const log = pino({ level: 'warn' }, { write: line => void said.push(line) })
  here = await installation(
    t,
    `limits: { encoded-bytes: 3000000, decoded-bytes: 4000000 }
sources:
  - { id: edge, format: auto, realm: one }
  - { id: closed, format: auto, realm: one, tokens: [ ${tokenDigest('lct_fake-right')} ] }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], support: help@partner.example }
`,
    log,
  )
})

/** Others are served meanwhile. */
async function served(t: Test): Promise<void> {
  const response = await here.post('edge', jsonLine())
  t.match(await response.json(), { lines: 1, calls: 1 }, 'others are served')
}

const counted = async (): Promise<number> => Object.values(await here.tallies('edge')).reduce((sum, n) => sum + n, 0)

t.test(
  'a wrong token hears 401 before a byte of its body was sent, however often, and the log says so once',
  async t => {
    for (let round = 0; round < 200; round += 1) {
      const client = new RawClient(here.url).head(
        '/ingest/closed',
        'authorization: Bearer lct_fake-wrong',
        'content-length: 2000000',
      )
      t.ok(await client.answered())
      t.equal(client.status, 401)
      t.ok(await client.ended(), 'and the connection is closed: nothing of the body is wanted')
    }
    const lines = said.filter(line => line.includes('without a valid token'))
    t.equal(lines.length, 1)
    t.notMatch(said.join(''), 'lct_fake', 'no token stands in the log')
  },
)

t.test('a head that comes byte by byte is cut off after ten seconds, and others are served meanwhile', async t => {
  const slow = Array.from({ length: 50 }, () => new RawClient(here.url).say('POST /ingest/edge HTTP/1.1\r\nx-slow: '))
  const dripping = setInterval(() => {
    for (const client of slow) client.say('x')
  }, 500)
  await served(t)
  for (const client of slow) t.ok(await client.ended())
  clearInterval(dripping)
  for (const client of slow) t.match(client.heard, /^HTTP\/1.1 408 /)
})

t.test('a connection that never says anything is cut off likewise', async t => {
  const mute = new RawClient(here.url)
  t.ok(await mute.ended())
})

t.test('a body whose sender goes away, closes its half or resets counts as nothing', async t => {
  const before = await counted()
  const line = `${jsonLine()}\n`
  const part = () => new RawClient(here.url).head('/ingest/edge', 'content-length: 100000').say(line)
  const half = part()
  half.socket.end()
  t.ok(await half.ended(), 'half-closed in the middle of its body')
  const gone = part()
  await delay(50)
  gone.socket.destroy()
  const reset = part()
  await delay(50)
  reset.socket.resetAndDestroy()
  const chunked = new RawClient(here.url).head('/ingest/edge', 'transfer-encoding: chunked').say('ffff\r\n').say(line)
  chunked.socket.end()
  t.ok(await chunked.ended())
  await served(t)
  t.equal(await counted(), before + 1, 'one line more: that of the other client')
})

t.test(
  'a sender that closes its half after a whole request may miss its answer; sent again, it counts once',
  async t => {
    const before = await counted()
    const line = jsonLine()
    const client = new RawClient(here.url).head('/ingest/edge', `content-length: ${line.length}`).say(line)
    client.socket.end()
    t.ok(await client.ended())
    t.equal((await here.post('edge', line)).status, 200)
    t.equal(await counted(), before + 1)
  },
)

t.test('a thousand idle connections cost little, and others are served', async t => {
  const head = ['HEAD /ingest/edge HTTP/1.1', 'host: 127.0.0.1', '', ''].join('\r\n')
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  const idle = Array.from({ length: 1_000 }, () => new RawClient(here.url).say(head))
  for (const client of idle) await client.answered()
  t.ok(
    idle.every(({ status, closed }) => status === 200 && !closed),
    'all are open',
  )
  await served(t)
  // Both ends of each connection live in this process.
  const each = (process.memoryUsage().rss - before) / idle.length
  t.comment(`${Math.round(each / 1_000)} kB a connection, both ends`)
  t.ok(each < 200_000)
  for (const client of idle) client.socket.destroy()
})

t.test('bombs and bodies without an end are refused at the cap', async t => {
  const bomb = gzipSync(Buffer.alloc(300_000_000))
  const before = process.memoryUsage().rss
  for (let round = 0; round < 4; round += 1) {
    const answer = await here.post('edge', bomb, { 'content-encoding': 'gzip' })
    t.equal(answer.status, 413)
    await answer.arrayBuffer()
  }
  const endless = new RawClient(here.url).head('/ingest/edge', 'transfer-encoding: chunked')
  const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 'x'), Buffer.from('\r\n')])
  let sent = 0
  while (!endless.closed && sent < 400) {
    endless.say(chunk)
    sent += 1
    await delay(2)
  }
  t.ok(endless.closed, `cut off after ${sent} chunks of 64 KiB`)
  t.match(endless.heard, /^(HTTP\/1.1 413 |$)/)
  t.ok(process.memoryUsage().rss - before < 150_000_000)
  await served(t)
})

t.test('a sender that writes all of a body far over the cap before it looks hears 413, and goes on', async t => {
  for (const length of ['content-length: 12000000', 'transfer-encoding: chunked']) {
    const client = new RawClient(here.url)
    client.socket.pause()
    client.head('/ingest/edge', length)
    const body = Buffer.alloc(12_000_000, 'x')
    const wire = length.startsWith('transfer')
      ? Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')])
      : body
    const failed = await new Promise<unknown>(resolve => void client.socket.write(wire, resolve))
    t.equal(failed ?? undefined, undefined, `${length}: all of it could be written`)
    client.socket.resume()
    t.ok(await client.answered())
    t.equal(client.status, 413, length)
    const line = jsonLine()
    client.heard = ''
    client.head('/ingest/edge', `content-length: ${line.length}`).say(line)
    t.ok(await client.answered())
    t.equal(client.status, 200, 'on the same connection')
    client.socket.destroy()
  }
})

t.test('floods of headers are refused', async t => {
  const many = new RawClient(here.url).head('/ingest/edge', ...Array.from({ length: 5_000 }, (_, n) => `x-${n}: y`))
  t.ok(await many.ended())
  t.equal(many.status, 431)
  const long = new RawClient(here.url).head('/ingest/edge', `x-long: ${'y'.repeat(1_000_000)}`)
  t.ok(await long.ended())
  t.match(long.heard, /^(HTTP\/1.1 431 |$)/)
  await served(t)
})

t.test('two lengths, a length that is none and a second request inside a first are no way in', async t => {
  const line = jsonLine()
  for (const headers of [
    [`content-length: ${line.length}`, 'content-length: 5'],
    [`content-length: ${line.length}`, 'transfer-encoding: chunked'],
    ['content-length: -1'],
    ['content-length: 1e3'],
    ['transfer-encoding: gzip, nonsense'],
  ]) {
    const client = new RawClient(here.url).head('/ingest/edge', ...headers).say(line)
    t.ok(await client.ended(), headers.join(', '))
    t.equal(client.status, 400, headers.join(', '))
  }
})

// Stops the installation: it would keep the process alive.
t.end()
