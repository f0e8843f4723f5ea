import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { LcError } from '../../services/domain/errors.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { type Admin, createKafka, laneProducer } from '../../services/platform/kafka.ts'
import { silentLog } from '../../services/platform/log.ts'
import { startCluster } from '../../test/broker/cluster.ts'
import { topicContract } from '../../test/contract/topic.contract.ts'
import { block, commitAll, consume, until } from '../../test/contract/topic-tools.ts'
import { type KafkaTopicOptions, openKafkaTopic } from './kafka-topic.ts'

const cluster = await startCluster({}, reason => t.test('needs a Kafka broker', { skip: reason }, async () => {}))
if (cluster !== undefined) {
  t.teardown(() => cluster.end())
  topicContract(t, {
    async place(t) {
      const topic = fresh()
      return { open: () => open(t, { topic }) }
    },
  })
  group()
  shapes()
  losses()
}

function fresh(): string {
  return `calls-${randomUUID()}`
}

function settings() {
  return { brokers: cluster?.addresses ?? [], clientId: 'test' }
}

/** A topic and its group of one name. */
async function open(t: Test, over: Partial<KafkaTopicOptions> & { readonly topic: string }) {
  const opened = await openKafkaTopic({
    kafka: settings(),
    clock: systemClock,
    log: silentLog,
    partitions: 4,
    group: over.topic,
    gatherMs: 5,
    sessionMs: 6_000,
    ...over,
  })
  t.teardown(() => opened.close())
  return opened
}

async function withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = createKafka(settings(), silentLog).admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

function group(): void {
  t.test('two members share the partitions, and who leaves is followed where it stood', async t => {
    const topic = fresh()
    const one = await open(t, { topic })
    const two = await open(t, { topic })
    const first = await consume(one)
    const append = (round: string) => Promise.all([0, 1, 2, 3].map(p => one.append(p, [block(`${round}${p}`)])))
    await append('a')
    await until('all at the first', () => first.seen.blocks.length === 4)
    const second = await consume(two)
    await until('a second member', async () => {
      await append('b')
      return second.seen.leases.size === 2 && first.seen.leases.size === 4
    })
    const moved = [...second.seen.leases.keys()]
    t.ok(
      moved.every(partition => first.seen.revoked.includes(partition)),
      'revoked at the first before it was worked on at the second',
    )
    await second.stop()
    await append('c')
    await until('all at the first again', () => [0, 1, 2, 3].every(p => first.seen.names(p).includes(`c${p}`)))
    await first.stop()
    const all = [...first.seen.blocks, ...second.seen.blocks].map(one => `${one.partition}/${one.offset}`)
    const ends = await one.ends()
    t.equal(new Set(all).size, Number(ends.reduce((sum, end) => sum + end, 0n)), 'nothing is missing')
  })

  t.test(
    'a lease of a generation that is over commits nothing, not even where the member still has the partition',
    async t => {
      const topic = fresh()
      const one = await open(t, { topic })
      const first = await consume(one, async () => {})
      await Promise.all([0, 1, 2, 3].map(p => one.append(p, [block(`a${p}`)])))
      await until('all assigned', () => first.seen.leases.size === 4)
      const old = [0, 1, 2, 3].map(p => first.seen.lease(p))
      const two = await open(t, { topic })
      const second = await consume(two, async () => {})
      await until('a second member', () => second.seen.leases.size === 2)
      for (const lease of old) {
        t.equal(lease.current(), false)
        await t.rejects(lease.commit(1n, 'stale'), { code: 'LC_TOPIC_FENCED' })
      }
      await Promise.all([first.stop(), second.stop()])
      const committed = await withAdmin(admin => admin.fetchOffsets({ groupId: topic, topics: [topic] }))
      t.ok(committed[0]?.partitions.every(({ offset }) => offset === '-1'))
    },
  )

  t.test('a call that takes longer than a session keeps its partition', async t => {
    const topic = await open(t, { topic: fresh(), sessionMs: 1_500 })
    await topic.append(0, [block('slow')])
    const { seen, stop } = await consume(topic, async (lease, blocks, seen) => {
      await delay(3_500)
      await lease.heartbeat()
      await commitAll(lease, blocks, seen)
    })
    await until('the commit', async () => seen.leases.has(0) && (await seen.lease().committed()).offset === 1n)
    await stop()
    t.same(seen.names(), ['slow'])
  })

  t.test('a backlog larger than memory may hold is fetched as it is stored, in order', async t => {
    const topic = await open(t, { topic: fresh(), bufferBytes: 80_000, batch: { bytes: 10_000, blocks: 3 } })
    const names = Array.from({ length: 200 }, (_, i) => `${i}`)
    for (let from = 0; from < 200; from += 20)
      await topic.append(
        0,
        names.slice(from, from + 20).map(name => block(name, 10)),
      )
    let most = 0
    const { seen, stop } = await consume(topic, async (lease, blocks, seen) => {
      most = Math.max(most, blocks.length)
      await commitAll(lease, blocks, seen)
    })
    await until('all', () => seen.blocks.length >= 200)
    await stop()
    t.same(seen.names(), names)
    t.equal(most, 3)
  })

  t.test('the log’s time is the broker’s, and the highest so far is kept beside the offset', async t => {
    const topic = fresh()
    const one = await open(t, { topic })
    const before = systemClock.now()
    await one.append(0, [block('a'), block('b')])
    const first = await consume(one, async lease => lease.commit(1n, ''))
    await until(
      'one committed',
      async () => first.seen.leases.has(0) && (await first.seen.lease().committed()).offset === 1n,
    )
    await first.stop()
    const [a] = first.seen.blocks
    t.ok(a !== undefined && a.logTime >= before && a.logTime <= systemClock.now())
    const committed = await withAdmin(admin => admin.fetchOffsets({ groupId: topic, topics: [topic] }))
    t.equal(committed[0]?.partitions.find(one => one.partition === 0)?.metadata, `lastcall 1 1 ${a?.logTime} `)
  })
}

function shapes(): void {
  t.test('a topic with another number of partitions stops with a code', async t => {
    const topic = fresh()
    await open(t, { topic, partitions: 2 })
    await t.rejects(open(t, { topic, partitions: 3 }), { code: 'LC_TOPIC_PARTITIONS', exit: 2 })
  })

  t.test('a topic whose times are the senders’ stops with a code', async t => {
    const topic = fresh()
    await withAdmin(admin => admin.createTopics({ topics: [{ topic, numPartitions: 4 }], waitForLeaders: true }))
    await t.rejects(open(t, { topic }), { code: 'LC_TOPIC_TIMESTAMPS', exit: 2 })
  })
}

function losses(): void {
  const codes: unknown[] = []
  const onFault = (partition: number, error: unknown) =>
    codes.push(`${partition} ${error instanceof LcError ? error.code : error}`)

  t.test('blocks deleted before they were stored stop their partition loudly, the others go on', async t => {
    const topic = fresh()
    codes.length = 0
    const one = await open(t, { topic, onFault })
    for (let i = 0; i < 4; i++) await Promise.all([one.append(0, [block(`${i}`)]), one.append(1, [block(`${i}`)])])
    const first = await consume(one, async lease => lease.commit(1n, 'pin'))
    await until('one committed of each', async () => {
      for (const p of [0, 1])
        if (!first.seen.leases.has(p) || (await first.seen.lease(p).committed()).offset !== 1n) return false
      return true
    })
    await first.stop()
    await withAdmin(async admin => {
      await admin.fetchTopicOffsets(topic)
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '3' }] })
    })
    const second = await consume(one)
    await until('the other partition', () => second.seen.names(1).length === 3)
    await until('a fault', () => codes.length > 0)
    t.match(codes[0], /^0 LC_TOPIC_(MOVED|GAP)$/)
    t.same(second.seen.names(0), [])
    await second.stop()
    await one.close()
    const two = await open(t, { topic, acceptMoved: true })
    const third = await consume(two)
    await until('what is left, once a person accepted', () => third.seen.names(0).length === 1)
    await third.stop()
    t.same(third.seen.names(0), ['3'])
  })

  t.test('a group moved by another hand stops its partition loudly', async t => {
    const topic = fresh()
    codes.length = 0
    const one = await open(t, { topic, onFault })
    await one.append(0, [block('a'), block('b'), block('c')])
    const first = await consume(one)
    await until(
      'all committed',
      async () => first.seen.leases.has(0) && (await first.seen.lease().committed()).offset === 3n,
    )
    await first.stop()
    await withAdmin(admin => admin.setOffsets({ groupId: topic, topic, partitions: [{ partition: 0, offset: '1' }] }))
    const second = await consume(one)
    await until('a fault', () => codes.length > 0)
    await second.stop()
    t.equal(codes[0], '0 LC_TOPIC_MOVED')
    t.same(second.seen.names(), [])
  })

  t.test('a foreign message stops its partition loudly, after what came before it', async t => {
    const topic = fresh()
    codes.length = 0
    const one = await open(t, { topic, onFault })
    await one.append(0, [block('a')])
    const producer = laneProducer(createKafka(settings(), silentLog))
    await producer.connect()
    await producer.send({ topic, messages: [{ partition: 0, value: '{"not":"ours"}' }] })
    await producer.disconnect()
    await one.append(0, [block('behind it')])
    await one.append(2, [block('elsewhere')])
    const { seen, stop } = await consume(one)
    await until('the others, and a fault', () => seen.blocks.length === 2 && codes.length > 0)
    await stop()
    t.same([seen.names(0), seen.names(2)], [['a'], ['elsewhere']])
    t.equal(codes[0], '0 LC_TOPIC_FOREIGN')
  })
}
