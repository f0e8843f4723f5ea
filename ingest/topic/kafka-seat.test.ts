import t from 'tap'
import type { KafkaMessage } from '../../services/platform/kafka.ts'
import { block } from '../../test/contract/topic-tools.ts'
import { decodeMark, encodeMark } from './kafka-mark.ts'
import { messageOf } from './kafka-message.ts'
import { Seat, type SeatOptions } from './kafka-seat.ts'

/** A message as it is fetched. */
function fetched(offset: number, timestamp: number): KafkaMessage {
  const { value, headers } = messageOf(0, block(`${offset}`))
  return {
    key: null,
    value: Buffer.from(value ?? ''),
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, Buffer.from(String(text))])),
    offset: `${offset}`,
    timestamp: `${timestamp}`,
    attributes: 0,
  }
}

function seatAt(offset: bigint, text: string, over: Partial<SeatOptions> = {}) {
  const commits: string[] = []
  let rooms = 0
  const seat = new Seat({
    partition: 0,
    load: async () => ({ offset, text }),
    commit: async (at, logTime, metadata) => {
      commits.push(`${at} ${logTime} ${metadata}`)
    },
    onRoom: () => {
      rooms++
    },
    bufferBytes: 1_000_000,
    batch: { bytes: 1_000_000, blocks: 100 },
    acceptMoved: false,
    ...over,
  })
  return { seat, commits, rooms: () => rooms }
}

t.test('the highest log time goes on from what was committed, and beside a pin stays what is below it', async t => {
  const { seat, commits } = seatAt(5n, encodeMark(5n, { logTime: 9_000, metadata: 'pin' }))
  await seat.load(5n)
  t.same(await seat.committed(), { offset: 5n, metadata: 'pin' })
  t.equal(seat.take([fetched(5, 8_000), fetched(6, 9_500), fetched(7, 9_400)], 100n), undefined)
  t.same(
    (await seat.read(5n, undefined)).map(one => one.logTime),
    [9_000, 9_500, 9_500],
  )
  await seat.commit(5n, 'new pin')
  await seat.commit(7n, '')
  await seat.commit(7n, 'next pin')
  await seat.commit(8n, '')
  t.same(commits, ['5 9000 new pin', '7 9500 ', '7 9500 next pin', '8 9500 '])
})

t.test('data that was on its way when the group changed is fetched again from where the group stands', async t => {
  const { seat } = seatAt(5n, encodeMark(5n, { logTime: 0, metadata: '' }))
  await seat.load(8n)
  t.equal(seat.take([fetched(8, 1)], 100n), 5n)
  t.equal(seat.take([fetched(3, 1), fetched(4, 1), fetched(5, 1), fetched(6, 1)], 100n), undefined)
  t.same(
    (await seat.read(5n, undefined)).map(one => one.offset),
    [5n, 6n],
  )
})

t.test('what is not there either is lost: the partition stops with a code, after what came before', async t => {
  const { seat } = seatAt(5n, encodeMark(5n, { logTime: 0, metadata: '' }))
  await seat.load(5n)
  seat.take([fetched(5, 1)], 100n)
  t.equal(seat.take([fetched(9, 1)], 100n), 6n)
  t.equal(seat.take([fetched(9, 1)], 100n), undefined)
  t.equal((await seat.read(5n, undefined)).length, 1)
  await t.rejects(seat.read(6n, undefined), { code: 'LC_TOPIC_GAP', exit: 3 })
})

t.test('an offset that is not ours stops the partition with a code, unless a person accepted it', async t => {
  for (const [offset, text] of [
    [7n, ''],
    [7n, encodeMark(6n, { logTime: 0, metadata: '' })],
    [-2n, ''],
  ] as const) {
    const { seat } = seatAt(offset, text)
    await seat.load(9n)
    await t.rejects(seat.read(9n, undefined), { code: 'LC_TOPIC_MOVED' })
    const accepting = seatAt(offset, text, { acceptMoved: true }).seat
    await accepting.load(9n)
    // A gap is passed over only when it is still there at the second look.
    if (offset === 7n) t.equal(accepting.take([fetched(9, 1)], 100n), 7n)
    t.equal(accepting.take([fetched(9, 1)], 100n), undefined)
    t.equal((await accepting.read((await accepting.committed()).offset, undefined)).length, 1)
  }
})

t.test('a group that never committed begins at the beginning of the log, wherever that has gone', async t => {
  const { seat } = seatAt(-1n, '')
  await seat.load(0n)
  t.same(await seat.committed(), { offset: 0n, metadata: '' })
  t.equal(seat.take([fetched(4, 1)], 100n), 0n)
  t.equal(seat.take([fetched(4, 1)], 100n), undefined)
  await t.rejects(seat.read(0n, undefined), { code: 'LC_TOPIC_GAP' })
})

t.test('fetching stops when enough is in memory and goes on when half of it is stored', async t => {
  const { seat, rooms } = seatAt(-1n, '', { bufferBytes: 10_000 })
  await seat.load(0n)
  seat.take(
    Array.from({ length: 8 }, (_, i) => fetched(i, 1)),
    100n,
  )
  t.equal(seat.full, true)
  const [first] = await seat.read(0n, undefined)
  t.equal(first?.offset, 0n)
  await seat.commit(1n, '')
  await seat.commit(7n, '')
  t.ok(rooms() > 0)
  t.equal(seat.full, false)
  t.same(
    (await seat.read(7n, undefined)).map(one => one.offset),
    [7n],
  )
})

t.test('while what was offered is not stored nothing more is fetched, and once it is fetching goes on', async t => {
  const { seat, rooms } = seatAt(-1n, '', { batch: { bytes: 1_000_000, blocks: 2 } })
  await seat.load(0n)
  seat.take([fetched(0, 1), fetched(1, 1), fetched(2, 1)], 100n)
  await seat.read(0n, undefined)
  t.equal(seat.full, false, 'offered for the first time')
  await seat.commit(0n, 'pin')
  await seat.read(0n, 1n)
  t.equal(seat.full, true, 'offered again: ClickHouse is away')
  const before = rooms()
  await seat.commit(0n, 'another pin')
  t.equal(seat.full, true, 'a pin is not stored rows')
  await seat.commit(2n, '')
  t.equal(seat.full, false)
  t.ok(rooms() > before)
  await seat.read(2n, undefined)
  t.equal(seat.full, false)
})

t.test('a pinned range is given whole, however little fits, and not before it is there', async t => {
  const { seat } = seatAt(-1n, '', { bufferBytes: 5_000, batch: { bytes: 10, blocks: 2 } })
  await seat.load(0n)
  seat.take([fetched(0, 1), fetched(1, 1), fetched(2, 1)], 8n)
  t.equal((await seat.read(0n, undefined)).length, 1)
  t.same(await seat.read(0n, 5n), [])
  t.equal(seat.full, false, 'fetching goes on')
  seat.take([fetched(3, 1), fetched(4, 1), fetched(5, 1), fetched(6, 1)], 8n)
  t.equal((await seat.read(0n, 5n)).length, 6)
  t.equal(seat.full, true)
})

t.test('a pinned range whose end the log no longer has is given as far as it goes', async t => {
  const { seat } = seatAt(-1n, '')
  await seat.load(0n)
  seat.take([fetched(0, 1), fetched(1, 1)], 2n)
  t.equal((await seat.read(0n, 5n)).length, 2)
})

t.test('a mark is read back at its own offset only', async t => {
  t.same(decodeMark(3n, encodeMark(3n, { logTime: 12, metadata: 'a b\nc' })), { logTime: 12, metadata: 'a b\nc' })
  for (const text of ['', 'lastcall 1 4 12 x', 'lastcall 2 3 12 x', 'lastcall 1 3 x', 'pin'])
    t.equal(decodeMark(3n, text), undefined)
  t.throws(() => encodeMark(3n, { logTime: 12, metadata: 'x'.repeat(4_001) }), RangeError)
  t.ok(encodeMark(2n ** 62n, { logTime: 1e15, metadata: 'x'.repeat(4_000) }).length <= 4_096)
})
