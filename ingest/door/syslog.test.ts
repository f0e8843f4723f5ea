import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connect as tlsConnect } from 'node:tls'
import { pino } from 'pino'
import t from 'tap'
import { certificates, counted, datagrams, dial, message, openDoors } from './syslog.fixture.ts'
import { kernelDrops } from './syslog-kernel-drops.ts'
import { senderRule } from './syslog-networks.ts'

t.test('every datagram is accounted for, whatever is in it', async t => {
  const doors = await openDoors(t, { udp: 0 })
  await datagrams(
    doors.udp,
    message('one'),
    `${message('two')}\n`,
    `${message('three')}\n${message('four')}`,
    Buffer.alloc(0),
    Buffer.from('0016030100ff80c1', 'hex'),
    'x'.repeat(60_000),
    '[1,2,3]',
    '\n\n',
    '<13>Nov 22 03:23:24 web-1 nginx: ',
    '<13>',
  )
  await doors.lines(11) // the two records behind one header are two lines
  t.strictSame([...doors.ids].sort(), ['four', 'one', 'three', 'two'])
  t.same(Object.fromEntries(doors.told), { call: 4, 'unparsed:unknown-format': 7 })
})

t.test('line feeds and octet counts come in on one port', async t => {
  const doors = await openDoors(t, { tcp: 0 })
  await dial(t, doors.tcp, `${message('a')}\n${message('b')}\n`)
  await dial(t, doors.tcp, counted(message('c')) + counted(message('d')))
  await doors.lines(4)
  t.strictSame([...doors.ids].sort(), ['a', 'b', 'c', 'd'])
})

t.test('a thousand lines written together are few uploads, and none is lost', async t => {
  const doors = await openDoors(t, { tcp: 0 })
  const ids = Array.from({ length: 5_000 }, (_, number) => `n-${number}`)
  await dial(t, doors.tcp, ids.map(id => `${message(id)}\n`).join(''))
  await doors.lines(5_000)
  t.strictSame([...doors.ids].sort(), ids.sort())
  t.ok(doors.keys.size < 100, `${doors.keys.size} uploads`)
})

t.test('a sender that ends in the middle of a line has sent that line; one that is torn away has not', async t => {
  const doors = await openDoors(t, { tcp: 0 })
  const polite = await dial(t, doors.tcp, message('whole'))
  polite.end()
  await doors.lines(1)
  t.strictSame(doors.ids, ['whole'])
  const torn = await dial(t, doors.tcp, `${message('first')}\n${message('half')}`)
  await doors.lines(2)
  torn.resetAndDestroy()
  await doors.lines(3)
  t.same(Object.fromEntries(doors.told), { call: 2, 'unparsed:cut-off': 1 })
})

t.test('while the topic takes nothing, TCP senders are held back and lose nothing', async t => {
  let accepts = false
  const doors = await openDoors(t, { tcp: 0 }, { accepts: () => accepts })
  const socket = await dial(t, doors.tcp)
  const text = Array.from({ length: 400 }, (_, number) => `${message(`h-${number}`, 'y'.repeat(2_000))}\n`).join('')
  let written = 0
  let blocked = false
  // Until the sender feels it: some megabytes in our queue, then those of the sockets.
  for (; !blocked && written < 100; written += 1)
    blocked =
      (await Promise.race([new Promise<string>(done => socket.write(text, () => done('ok'))), delay(400)])) !== 'ok'
  t.ok(blocked, 'the sender was stopped')
  t.equal(doors.told.size, 0)
  accepts = true
  await doors.lines(written * 400)
  t.equal(new Set(doors.ids).size, 400)
})

t.test('stopping finishes what was received', async t => {
  const doors = await openDoors(t, { tcp: 0, udp: 0 })
  const socket = await dial(t, doors.tcp, `${message('tcp')}\n`)
  await datagrams(doors.udp, message('udp'))
  await delay(30)
  const gone = once(socket, 'close')
  await doors.stop()
  await gone
  await doors.lines(2)
  t.strictSame([...doors.ids].sort(), ['tcp', 'udp'])
})

t.test('stopping takes the datagrams that the kernel still holds', async t => {
  const doors = await openDoors(t, { udp: 0 })
  const socket = createSocket('udp4')
  socket.connect(doors.udp ?? 0, '127.0.0.1')
  await once(socket, 'connect')
  // All in one turn: the door has read none of them when it is told to stop.
  for (let some = 0; some < 400; some += 1) socket.send(message(`kept-${some}`))
  await doors.stop()
  socket.close()
  await doors.lines(400)
  t.equal(new Set(doors.ids).size, 400 - (doors.told.get('dropped:queue-full') ?? 0))
})

t.test('a port that is taken is said with its code', async t => {
  const doors = await openDoors(t, { tcp: 0, udp: 0 })
  await t.rejects(openDoors(t, { tcp: doors.tcp }), { code: 'LC_SYSLOG_LISTEN', exit: 3 })
  await t.rejects(openDoors(t, { udp: doors.udp }), { code: 'LC_SYSLOG_LISTEN', exit: 3 })
})

t.test('a thousand idle connections keep nobody out', async t => {
  const doors = await openDoors(t, { tcp: 0 })
  for (let some = 0; some < 21; some += 1) await Promise.all(Array.from({ length: 50 }, () => dial(t, doors.tcp)))
  await dial(t, doors.tcp, `${message('late')}\n`)
  await doors.lines(1)
  t.strictSame(doors.ids, ['late'])
})

t.test('UDP keeps only so much while the topic takes nothing; what does not fit is counted', async t => {
  let accepts = false
  const doors = await openDoors(t, { udp: 0 }, { accepts: () => accepts })
  const sent = 900
  for (let some = 0; some < sent; some += 50)
    await datagrams(
      doors.udp,
      ...Array.from({ length: 50 }, (_, one) => message(`u-${some + one}`, 'y'.repeat(50_000))),
    )
  accepts = true
  await doors.lines(sent)
  const full = doors.told.get('dropped:queue-full') ?? 0
  t.ok(full > 100, `${full} did not fit`)
  t.equal(doors.told.get('call'), sent - full)
  t.equal(new Set(doors.ids).size, sent - full)
})

t.test('TLS takes senders with a certificate that the CA signed, and nobody else', async t => {
  const folder = t.testdir()
  certificates(folder)
  const file = (name: string): string => join(folder, name)
  const said: string[] = []
  const log = pino({ level: 'warn' }, { write: (text: string) => void said.push(text) })
  const doors = await openDoors(
    t,
    { tls: 0, certFile: file('server.pem'), keyFile: file('server.key'), clientCaFile: file('ca.pem') },
    { log, folder: join(folder, 'data') },
  )
  const ca = readFileSync(file('ca.pem'))
  const secure = (more: object) => {
    const socket = tlsConnect({ port: doors.tls ?? 0, host: '127.0.0.1', ca, ...more })
    socket.on('error', () => {})
    socket.resume()
    t.teardown(() => void socket.destroy())
    return socket
  }
  const known = { cert: readFileSync(file('client.pem')), key: readFileSync(file('client.key')) }
  secure(known).write(counted(message('counted')) + counted(message('more')))
  secure(known).write(`${message('line')}\n`)
  for (let some = 0; some < 3; some += 1) {
    const stranger = secure({})
    stranger.write(`${message('stranger')}\n`)
    await new Promise(resolve => stranger.once('close', resolve))
  }
  await doors.lines(3)
  t.strictSame([...doors.ids].sort(), ['counted', 'line', 'more'])
  t.equal(said.filter(line => line.includes('TLS handshake')).length, 1, 'one line a minute')
})

t.test('a certificate that cannot be used is said with its code', async t => {
  const listener = { tls: 0, certFile: '/nowhere/server.pem', keyFile: '/nowhere/server.key' }
  await t.rejects(openDoors(t, listener), { code: 'LC_SYSLOG_CERT', exit: 2 })
})

t.test('only networks that are allowed may send, and this machine', async t => {
  const may = senderRule(['192.0.2.0/24', '2001:db8::/32', '198.51.100.7'])
  const ask = (...addresses: string[]): boolean[] => addresses.map(may)
  t.strictSame(ask('192.0.2.9', '::ffff:192.0.2.9', '2001:db8::1', '198.51.100.7'), [true, true, true, true])
  t.strictSame(ask('127.0.0.1', '::1', '::ffff:127.0.0.1'), [true, true, true])
  t.strictSame(ask('192.0.3.9', '2001:db9::1', '198.51.100.8', '::ffff:203.0.113.1'), [false, false, false, false])
  t.notOk(senderRule([])(undefined), 'gone already')
})

t.test('what the kernel dropped is asked of it', { skip: process.platform !== 'linux' && 'Linux only' }, async t => {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4_096 }).bind(0, '127.0.0.1')
  let read = 0
  socket.on('message', () => {
    read += 1
  })
  await once(socket, 'listening')
  const { port } = socket.address()
  t.equal(await kernelDrops('127.0.0.1', port), 0)
  const sender = join(import.meta.dirname, 'syslog.fixture.ts')
  // Nobody reads here while another process sends.
  execFileSync(process.execPath, [
    '--input-type=module',
    '-e',
    `const { datagrams } = await import(${JSON.stringify(sender)}); await datagrams(${port}, ...Array(200).fill('x'.repeat(2000)))`,
  ])
  const drops = await kernelDrops('127.0.0.1', port)
  for (let tries = 0; read + drops < 200 && tries < 100; tries += 1) await delay(10)
  socket.close()
  t.ok(drops > 0)
  t.equal(read + drops, 200)
})

t.test('a message that never ends holds no more than its share of memory', async t => {
  const doors = await openDoors(t, { tcp: 0 })
  const socket = await dial(t, doors.tcp)
  for (let some = 0; some < 40; some += 1)
    await new Promise<void>(done => socket.write(Buffer.alloc(262_144, 0x78), () => done()))
  await dial(t, doors.tcp, `${message('other')}\n`)
  await doors.lines(2)
  t.same(Object.fromEntries(doors.told), { call: 1, 'unparsed:too-long': 1 })
})
