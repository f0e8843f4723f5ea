import type { StoredBlock } from '../../services/domain/block.ts'
import type { Test, TopicBackend } from './topic.contract.ts'
import { block, commitAll, consume, until } from './topic-tools.ts'

/** What a store may rely on. */
export function topicConsumes(t: Test, backend: TopicBackend): void {
  t.test('what was committed is not offered again after a restart, what was not is', async t => {
    const place = await backend.place(t)
    const one = await place.open()
    await one.append(
      0,
      ['a', 'b', 'c'].map(name => block(name)),
    )
    const first = await consume(one, async lease => {
      if ((await lease.committed()).offset === 0n) await lease.commit(2n, '')
    })
    await until('c alone', () => first.seen.names().join('').endsWith('cc'))
    await first.stop()
    await one.close()
    const two = await place.open()
    const second = await consume(two)
    await until('c', () => second.seen.blocks.length === 1)
    await second.stop()
    t.same(second.seen.names(), ['c'])
  })

  t.test('a handler that throws is given the same blocks again, from the committed offset', async t => {
    const topic = await (await backend.place(t)).open()
    await topic.append(0, [block('a'), block('b')])
    let calls = 0
    const { seen, stop } = await consume(topic, async (lease, blocks) => {
      calls++
      if (calls === 1) throw new Error('the store is away')
      if (calls === 2) {
        await lease.commit(1n, '')
        throw new Error('the store went away')
      }
      await commitAll(lease, blocks, seen)
    })
    await until('three calls', () => calls >= 3)
    await stop()
    t.same(seen.names(), ['a', 'b', 'a', 'b', 'b'])
  })

  t.test('a handler that commits nothing is offered the blocks again, with what came since', async t => {
    const topic = await (await backend.place(t)).open()
    await topic.append(0, [block('a')])
    const calls: string[] = []
    const { stop } = await consume(topic, async (lease, blocks, seen) => {
      calls.push(blocks.map(one => one.headers.source).join(''))
      if (blocks.length > 1) await commitAll(lease, blocks, seen)
    })
    await until('a second call', () => calls.length >= 2)
    await topic.append(0, [block('b')])
    await until('both', () => calls.includes('ab'))
    await stop()
    t.ok(
      calls.every(call => call === 'a' || call === 'ab'),
      calls.join(),
    )
  })

  t.test('a pin is kept beside an unchanged offset, through a throw and a restart', async t => {
    const place = await backend.place(t)
    const one = await place.open()
    await one.append(3, [block('a'), block('b')])
    const pin = `{"v":1,"next":2,"pad":"${'é'.repeat(2_000)}"}`
    const first = await consume(one, async lease => {
      if ((await lease.committed()).metadata === '') {
        await lease.commit(0n, pin)
        throw new Error('killed after the pin')
      }
    })
    await until('the pin read back', async () => first.seen.leases.has(3) && first.seen.names(3).length >= 4)
    t.same(await first.seen.lease(3).committed(), { offset: 0n, metadata: pin })
    await first.stop()
    await one.close()
    const two = await place.open()
    let found = ''
    const second = await consume(two, async (lease, blocks, seen) => {
      found ||= (await lease.committed()).metadata
      await commitAll(lease, blocks, seen)
    })
    await until('all', () => second.seen.names(3).length === 2)
    await second.stop()
    t.equal(found, pin)
  })

  t.test('a commit takes the pin away', async t => {
    const topic = await (await backend.place(t)).open()
    await topic.append(0, [block('a')])
    const { seen, stop } = await consume(topic, async (lease, blocks, seen) => {
      await lease.commit(0n, 'pin')
      await commitAll(lease, blocks, seen)
    })
    await until('the commit', async () => seen.leases.has(0) && (await seen.lease().committed()).offset === 1n)
    t.same(await seen.lease().committed(), { offset: 1n, metadata: '' })
    await stop()
  })

  t.test('a partition is assigned once before its first block, and revoked when the consumer leaves', async t => {
    const topic = await (await backend.place(t)).open()
    await topic.append(1, [block('a')])
    const order: string[] = []
    const consumption = await topic.consume({
      async assigned({ partition }) {
        order.push(`assigned ${partition}`)
      },
      async blocks(lease, blocks) {
        order.push(`blocks ${lease.partition}`)
        await lease.commit((blocks.at(-1)?.offset ?? 0n) + 1n, '')
      },
      revoked: partition => order.push(`revoked ${partition}`),
    })
    await until('the block', () => order.includes('blocks 1'))
    await consumption.stop()
    const ofOne = order.filter(line => line.endsWith(' 1'))
    t.same(ofOne, ['assigned 1', 'blocks 1', 'revoked 1'])
  })

  t.test('a partition is worked on by one call at a time, the others do not wait for it', async t => {
    const topic = await (await backend.place(t)).open()
    let running = 0
    let most = 0
    const held = Promise.withResolvers<void>()
    const { seen, stop } = await consume(topic, async (lease, blocks, seen) => {
      if (lease.partition === 0) {
        running++
        most = Math.max(most, running)
        await held.promise
        running--
      }
      await commitAll(lease, blocks, seen)
    })
    for (let i = 0; i < 3; i++) await topic.append(0, [block(`slow ${i}`)])
    await until('partition 0 at work', () => running === 1)
    for (let i = 0; i < 3; i++) await topic.append(1, [block(`fast ${i}`)])
    await until('partition 1 goes on', () => seen.names(1).length === 3)
    held.resolve()
    await until('partition 0 too', () => new Set(seen.names(0)).size === 3)
    await stop()
    t.equal(most, 1)
  })

  t.test('stopping lets the running call finish and commit', async t => {
    const topic = await (await backend.place(t)).open()
    await topic.append(0, [block('a')])
    const held = Promise.withResolvers<void>()
    let finished = false
    const { seen, stop } = await consume(topic, async (lease, blocks, seen) => {
      await held.promise
      await lease.heartbeat()
      t.equal(lease.current(), true)
      await commitAll(lease, blocks, seen)
      finished = true
    })
    await until('the call', () => seen.blocks.length === 1)
    const stopped = stop()
    held.resolve()
    await stopped
    t.equal(finished, true)
    const again = await consume(topic)
    await topic.append(0, [block('b')])
    await until('b', () => again.seen.blocks.length > 0)
    await again.stop()
    t.same(again.seen.names(), ['b'])
  })

  t.test('a lease kept after its time commits nothing and keeps nothing', async t => {
    const topic = await (await backend.place(t)).open()
    await topic.append(0, [block('a'), block('b')])
    const first = await consume(topic, async lease => lease.commit(1n, ''))
    await until('one committed', () => first.seen.names().length >= 2)
    await first.stop()
    const old = first.seen.lease()
    t.equal(old.current(), false)
    await t.rejects(old.commit(0n, 'stale'), { code: 'LC_TOPIC_FENCED' })
    await t.rejects(old.heartbeat(), { code: 'LC_TOPIC_FENCED' })
    const blocks: StoredBlock[] = []
    const second = await consume(topic, async (lease, offered) => {
      blocks.push(...offered)
      await t.rejects(old.commit(0n, 'stale'), { code: 'LC_TOPIC_FENCED' })
      await lease.commit(2n, '')
    })
    await until('b', () => blocks.length > 0)
    await second.stop()
    t.same(
      blocks.map(one => one.headers.source),
      ['b'],
    )
  })

  t.test('what is appended while the consumer waits arrives', async t => {
    const topic = await (await backend.place(t)).open()
    const { seen, stop } = await consume(topic)
    for (let i = 0; i < 5; i++) {
      await topic.append(i % 4, [block(`${i}`)])
      await until(`block ${i}`, () => seen.blocks.length === i + 1)
    }
    await stop()
    t.same(
      seen.blocks.map(one => one.headers.source),
      ['0', '1', '2', '3', '4'],
    )
  })

  t.test('a range the handler wants whole is offered whole, also after a restart', async t => {
    const place = await backend.place(t)
    const one = await place.open()
    for (let i = 0; i < 4; i++) await one.append(0, [block(`${i}a`, 2_000), block(`${i}b`, 2_000)])
    const first = await consume(one, async lease => lease.commit(0n, 'the first six'))
    await until('the pin', () => first.seen.blocks.length > 0)
    await first.stop()
    await one.close()
    const two = await place.open()
    const calls: number[] = []
    const consumption = await two.consume({
      async assigned() {},
      async blocks(lease, blocks) {
        calls.push(blocks.length)
        await lease.commit((blocks.at(-1)?.offset ?? 0n) + 1n, '')
      },
      wanted: () => (calls.length === 0 ? 5n : undefined),
      revoked() {},
    })
    await until('all eight', () => calls.reduce((sum, count) => sum + count, 0) === 8)
    await consumption.stop()
    t.ok((calls[0] ?? 0) >= 6, calls.join())
  })
}
