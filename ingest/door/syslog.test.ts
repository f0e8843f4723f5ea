import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { counted, datagrams, dial, message, openDoors } from './syslog.fixture.ts'

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
