import type { Test, TopicBackend } from './topic.contract.ts'
import { block, consume, until } from './topic-tools.ts'

/** What an append promises. */
export function topicAppends(t: Test, backend: TopicBackend): void {
  t.test('what append resolved is there after a restart: bytes, headers, places and times', async t => {
    const place = await backend.place(t)
    const one = await place.open()
    const sent = [block('a', 700), block('b', 0), block('c\0\ud83d\udca5é', 3)]
    await one.append(2, sent)
    t.same(await one.ends(), [0n, 0n, 3n, 0n])
    await one.close()
    const two = await place.open()
    t.same(await two.ends(), [0n, 0n, 3n, 0n])
    const { seen, stop } = await consume(two)
    await until('three blocks', () => seen.blocks.length === 3)
    await stop()
    t.same(
      seen.blocks.map(({ offset, partition, rows }) => [offset, partition, rows]),
      [
        [0n, 2, 700],
        [1n, 2, 0],
        [2n, 2, 3],
      ],
    )
    t.same(
      seen.blocks.map(({ headers }) => headers),
      sent.map(({ headers }) => headers),
    )
    t.ok(seen.blocks.every((one, i) => Buffer.from(one.payload).equals(sent[i]?.payload ?? new Uint8Array(1))))
  })

  t.test('blocks of a partition stand in the order they were appended, one after another', async t => {
    const topic = await (await backend.place(t)).open()
    await topic.append(0, [block('0'), block('1')])
    await topic.append(0, [block('2')])
    await topic.append(0, [block('3'), block('4'), block('5')])
    const { seen, stop } = await consume(topic)
    await until('six blocks', () => seen.blocks.length === 6)
    await stop()
    t.same(seen.names(), ['0', '1', '2', '3', '4', '5'])
    t.same(
      seen.blocks.map(one => one.offset),
      [0n, 1n, 2n, 3n, 4n, 5n],
    )
  })

  t.test('appends side by side all stand once, and each one keeps its own order', async t => {
    const topic = await (await backend.place(t)).open()
    await Promise.all(Array.from({ length: 120 }, (_, i) => topic.append(i % 4, [block(`${i}a`), block(`${i}b`)])))
    t.same(await topic.ends(), [60n, 60n, 60n, 60n])
    const { seen, stop } = await consume(topic)
    await until('all blocks', () => seen.blocks.length === 240)
    await stop()
    for (let i = 0; i < 120; i++) {
      const names = seen.names(i % 4)
      const at = names.indexOf(`${i}a`)
      if (at < 0 || names.indexOf(`${i}b`) < at || names.lastIndexOf(`${i}a`) !== at) t.fail(`append ${i} out of order`)
    }
    t.equal(new Set(seen.blocks.map(one => one.headers.source)).size, 240)
  })

  t.test('the log’s own time never goes back, not even when the machine’s does', async t => {
    const place = await backend.place(t)
    const one = await place.open()
    await one.append(0, [block('before')])
    await one.close()
    const two = await place.open({ clockBackMs: 3_600_000 })
    await two.append(0, [block('after')])
    await two.append(0, [block('later')])
    const { seen, stop } = await consume(two)
    await until('three blocks', () => seen.blocks.length === 3)
    await stop()
    const times = seen.blocks.map(one => one.logTime)
    t.ok(
      times.every((time, i) => time > 1.6e12 && time >= (times[i - 1] ?? 0)),
      `${times}`,
    )
  })

  t.test('a block with a megabyte of headers and one of 50,000 rows pass', async t => {
    const topic = await (await backend.place(t)).open()
    const uploads = Array.from({ length: 6_000 }, (_, i) => ({
      key: `${i}`.padStart(64, '0'),
      part: 1,
      of: 1,
      first: 0,
      rows: 0,
      tallies: [{ hour: 0, outcome: 'dropped' as const, reason: 'unknown-host', lines: 1 }],
    }))
    const large = [block('headers', 1, uploads), block('rows', 50_000)]
    t.ok(JSON.stringify(large[0]?.headers).length > 1_000_000)
    for (const one of large) await topic.append(1, [one])
    const { seen, stop } = await consume(topic)
    await until('both', () => seen.blocks.length === 2)
    await stop()
    t.same(seen.blocks[0]?.headers.uploads, uploads)
    t.ok(Buffer.from(seen.blocks[1]?.payload ?? []).equals(large[1]?.payload ?? new Uint8Array(1)))
  })

  t.test('a payload that is a view into a larger body is sent alone', async t => {
    const topic = await (await backend.place(t)).open()
    const one = block('view', 2)
    const body = Buffer.concat([Buffer.alloc(1_000, 'x'), one.payload, Buffer.alloc(1_000, 'y')])
    await topic.append(0, [{ ...one, payload: body.subarray(1_000, 1_000 + one.payload.length) }])
    const { seen, stop } = await consume(topic)
    await until('one block', () => seen.blocks.length === 1)
    await stop()
    t.ok(Buffer.from(seen.blocks[0]?.payload ?? []).equals(one.payload))
    t.equal(body.length, 2_000 + one.payload.length, 'the sender’s own bytes are still his')
  })

  t.test('a partition that does not exist is refused', async t => {
    const topic = await (await backend.place(t)).open()
    await t.rejects(topic.append(4, [block('a')]), RangeError)
    await t.rejects(topic.append(-1, [block('a')]), RangeError)
    await topic.append(0, [])
    t.same(await topic.ends(), [0n, 0n, 0n, 0n])
  })

  t.test('closing settles every append: what was resolved stands, and nothing hangs', async t => {
    const place = await backend.place(t)
    const topic = await place.open()
    t.equal(topic.accepts(), true)
    const appends = Array.from({ length: 40 }, (_, i) => topic.append(0, [block(`${i}`)]))
    const settled = Promise.allSettled(appends)
    await topic.close()
    const stood = (await settled).filter(one => one.status === 'fulfilled').length
    await t.rejects(topic.append(0, [block('late')]), { code: 'LC_TOPIC_DOWN' })
    t.equal(topic.accepts(), false)
    await topic.close()
    const again = await place.open()
    const [end] = await again.ends()
    t.ok(Number(end) >= stood, `${stood} were resolved, ${end} stand`)
  })
}
