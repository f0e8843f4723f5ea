import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { systemClock } from '../../services/platform/clock.ts'
import { createKafka, laneProducer, ZSTD } from '../../services/platform/kafka.ts'
import { silentLog } from '../../services/platform/log.ts'
import { startCluster } from '../../test/broker/cluster.ts'
import { LossyProxy } from '../../test/broker/proxy.ts'
import { block, consume, until } from '../../test/contract/topic-tools.ts'
import { messageOf } from './kafka-message.ts'
import { type KafkaTopicOptions, openKafkaTopic } from './kafka-topic.ts'

const warnings: string[] = []
process.on('warning', warning => warnings.push(warning.name))

/** A broker whose answers can be lost, and whose process can be killed. */
const proxy = await LossyProxy.listen()
t.teardown(() => proxy.close())
const advertised = { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${proxy.port}` }
const cluster = await startCluster({ properties: advertised }, reason =>
  t.test('needs a Kafka broker', { skip: reason }, async () => {}),
)
const [broker] = cluster?.brokers ?? []
if (cluster !== undefined && broker !== undefined) {
  t.teardown(() => cluster.end())
  proxy.target = broker.port
  faults()
}

function kafka() {
  return { brokers: [`127.0.0.1:${proxy.port}`], clientId: 'test', requestTimeoutMs: 1_000 }
}

async function open(t: Test, over: Partial<KafkaTopicOptions> = {}) {
  const name = `calls-${randomUUID()}`
  const topic = await openKafkaTopic({
    kafka: kafka(),
    clock: systemClock,
    log: silentLog,
    partitions: 1,
    topic: name,
    group: name,
    gatherMs: 5,
    sessionMs: 6_000,
    ...over,
  })
  t.teardown(() => topic.close())
  return topic
}

/** What stands on partition 0, by name. */
async function standing(topic: Awaited<ReturnType<typeof open>>, count: number): Promise<string[]> {
  const { seen, stop } = await consume(topic)
  await until(`${count} blocks`, () => seen.blocks.length >= count)
  await stop()
  return seen.names()
}

function names(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${i}`)
}

function faults(): void {
  t.test('kafkajs with two sends outstanding loses acknowledged blocks when an answer is lost', async t => {
    const topic = await open(t)
    const name = `calls-${randomUUID()}`
    const other = await open(t, { topic: name, group: name })
    const producer = laneProducer(createKafka(kafka(), silentLog))
    await producer.connect()
    t.teardown(() => producer.disconnect())
    const send = (i: number) =>
      producer.send({ topic: name, messages: [messageOf(0, block(`${i}`))], acks: -1, compression: ZSTD })
    await send(0)
    proxy.losing = 1
    await Promise.all([send(1), send(2)])
    t.equal(proxy.lost, 1)
    const there = await standing(other, 3)
    t.equal(there.length, 3)
    t.equal(new Set(there).size, 2, `acknowledged 0, 1 and 2, but there stand ${there}`)
    await topic.close()
  })

  t.test('ours, with as many appends at once, loses none and doubles none', async t => {
    const topic = await open(t)
    const before = proxy.lost
    await topic.append(0, [block('0')])
    for (let round = 0; round < 3; round++) {
      proxy.losing = 1
      const from = 1 + round * 8
      await Promise.all(Array.from({ length: 8 }, (_, i) => topic.append(0, [block(`${from + i}`)])))
    }
    t.equal(proxy.lost - before, 3)
    t.same(await standing(topic, 25), names(25))
  })

  t.test('a broker killed twice in the midst of appends: all that was acknowledged stands once, in order', async t => {
    const topic = await open(t, { ackTimeoutMs: 60_000 })
    let next = 0
    let done = false
    const acknowledged: number[] = []
    const writers = Array.from({ length: 3 }, async () => {
      while (!done) {
        const mine = next++
        await topic.append(0, [block(`${mine}`, 20)])
        acknowledged.push(mine)
      }
    })
    for (let kill = 0; kill < 2; kill++) {
      const before = acknowledged.length
      await until('appends', () => acknowledged.length > before + 200)
      await broker?.kill()
      await broker?.start()
    }
    const before = acknowledged.length
    await until('appends again', () => acknowledged.length > before + 200)
    done = true
    await Promise.all(writers)
    const there = await standing(topic, next)
    t.equal(there.length, next)
    t.equal(new Set(there).size, next)
  })

  t.test('without a broker senders are told, then refused at once; what was under way still arrives, once', async t => {
    const topic = await open(t, { ackTimeoutMs: 1_500 })
    await topic.append(0, [block('0')])
    await broker?.kill()
    const first = topic.append(0, [block('1')])
    const second = topic.append(0, [block('2')])
    await t.rejects(first, { code: 'LC_TOPIC_DOWN', exit: 3 })
    await t.rejects(second, { code: 'LC_TOPIC_DOWN' })
    t.equal(topic.accepts(), false)
    await t.rejects(topic.append(0, [block('3')]), { code: 'LC_TOPIC_DOWN' })
    await broker?.start()
    await until('it accepts again', () => topic.accepts())
    await topic.append(0, [block('4')])
    const there = await standing(topic, 3)
    t.equal(there[0], '0')
    t.equal(there.at(-1), '4')
    t.equal(new Set(there).size, there.length, `${there}`)
  })

  t.test('a topic is opened while its broker is away, and is there when the broker is', async t => {
    await broker?.kill()
    const topic = await open(t, { openMs: 500 })
    t.equal(topic.accepts(), false)
    await t.rejects(topic.append(0, [block('early')]), { code: 'LC_TOPIC_DOWN' })
    await t.rejects(topic.ends(), { code: 'LC_TOPIC_DOWN' })
    const { seen, stop } = await consume(topic)
    await broker?.start()
    await until('it accepts', () => topic.accepts())
    await topic.append(0, [block('late')])
    await until('the block', () => seen.blocks.length === 1)
    await stop()
    t.same(seen.names(), ['late'])
  })

  t.test('a consumer outlives the broker’s death and goes on where it stood', async t => {
    const topic = await open(t, { ackTimeoutMs: 60_000 })
    const { seen, stop } = await consume(topic)
    await topic.append(0, [block('0')])
    await until(
      'the first, committed',
      async () => seen.leases.has(0) && (await seen.lease().committed()).offset === 1n,
    )
    await broker?.kill()
    await broker?.start()
    await topic.append(0, [block('1')])
    await until('the second', () => seen.names().includes('1'))
    await stop()
    t.same(seen.names(), ['0', '1'])
  })

  t.test('nothing of all this made Node warn', async t => {
    t.same(warnings, [])
  })
}
