import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { systemClock } from '../../services/platform/clock.ts'
import { createKafka, type Message } from '../../services/platform/kafka.ts'
import { silentLog } from '../../services/platform/log.ts'
import { startCluster } from '../../test/broker/cluster.ts'
import { jsonLine } from '../../test/running.ts'
import { openKafkaTopic } from '../topic/kafka-topic.ts'
import { type Counted, count, kill, startChild, topicBlocks } from './follow-tools.fixture.ts'

const LONG = process.env.LASTCALL_LONG === '1'
const cluster = await startCluster({}, reason => t.test('needs a Kafka broker', { skip: reason }, async () => {}))
if (cluster !== undefined) {
  t.teardown(() => cluster.end())
  sources()
}

function sources(): void {
  const brokers = cluster?.addresses ?? []
  const kafka = createKafka({ brokers, clientId: 'test' }, silentLog)

  t.test(
    'a Kafka topic is read by two collectors that are killed again and again: each record counts once',
    async t => {
      const here = await place()
      t.teardown(here.end)
      const wanted: string[] = []
      const collectors: (ChildProcess | undefined)[] = [undefined, undefined]
      t.teardown(() => Promise.all(collectors.map(one => one && kill(one))))
      for (let round = 0; round < (LONG ? 40 : 6); round += 1) {
        wanted.push(...(await here.produce(400)))
        const which = round % 2
        const old = collectors[which]
        if (old !== undefined) await kill(old)
        collectors[which] = await startChild(here.child(which))
        await delay(200 + ((round * 733) % 1_900))
      }
      await Promise.all(collectors.map(one => one && kill(one)))
      collectors[0] = await startChild(here.child(0))
      const counted = await here.waitFor(wanted.length)
      t.equal(counted.ids.size, wanted.length, 'all are there')
      t.ok(
        [...counted.ids.values()].every(times => times === 1),
        'once',
      )
      t.equal(counted.straddles, 0, 'no range lies across the end of another')
      t.comment(`${wanted.length} records, ${counted.parts} parts, ${counted.repeats} of them repeats`)

      await t.test('set back to the beginning by another hand, nothing counts again', async t => {
        await kill(collectors[0] as ChildProcess, 'SIGTERM')
        const admin = kafka.admin()
        await admin.connect()
        await until(() =>
          admin.setOffsets({
            groupId: here.group,
            topic: here.source,
            partitions: [0, 1, 2].map(partition => ({ partition, offset: '0' })),
          }),
        )
        await admin.disconnect()
        collectors[0] = await startChild(here.child(0))
        const more = [...wanted, ...(await here.produce(30))]
        const again = await here.waitFor(more.length)
        t.equal(again.ids.size, more.length)
        t.ok([...again.ids.values()].every(times => times === 1))
        t.equal(again.straddles, 0)
        t.ok(again.repeats >= wanted.length / 3, 'they were sent again, message by message')
      })
    },
  )

  async function place() {
    const folder = await mkdtemp(join(tmpdir(), 'lastcall-kafka-source-'))
    const [source, topic, group] = ['source', 'calls', 'group'].map(name => `${name}-${randomUUID()}`) as [
      string,
      string,
      string,
    ]
    const admin = kafka.admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: source, numPartitions: 3 }], waitForLeaders: true })
    await admin.disconnect()
    const producer = kafka.producer()
    await producer.connect()
    for (const name of ['0', '1']) {
      await mkdir(join(folder, name))
      await writeFile(
        join(folder, name, 'lastcall.yaml'),
        `sources:
  - { id: tap, format: auto, kafka: { topic: ${source}, group-id: ${group}, brokers: [${brokers.map(one => JSON.stringify(one)).join()}] } }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], support: help@partner.example }
`,
      )
    }
    let made = 0
    return {
      source,
      group,
      /** Messages of one line, of several lines, of a JSON array, and of nothing; answers their request ids. */
      async produce(messages: number): Promise<string[]> {
        const ids: string[] = []
        const line = () => {
          const id = `r-${made++}`
          ids.push(id)
          return jsonLine({ request_id: id })
        }
        const value = (i: number): string | null => {
          if (i % 50 === 7) return null
          if (i % 10 === 3) return `${line()}\n${line()}\n`
          return i % 10 === 6 ? `[${line()},${line()},${line()}]` : line()
        }
        const all = Array.from({ length: messages }, (_, i): Message => ({ value: value(i), partition: i % 3 }))
        for (let at = 0; at < all.length; at += 40)
          await producer.send({ topic: source, messages: all.slice(at, at + 40) })
        return ids
      },
      child: (which: number) => ({ folder: join(folder, String(which)), kafka: { brokers, topic }, journal: false }),
      /** What counts, once so many ids do, and a moment later. */
      async waitFor(ids: number): Promise<Counted> {
        let counted: Counted | undefined
        for (let tries = 0; tries < 40 && (counted?.ids.size ?? 0) < ids; tries += 1) {
          await delay(1_000)
          const ours = await openKafkaTopic({
            kafka: { brokers, clientId: 'count' },
            clock: systemClock,
            log: silentLog,
            partitions: 2,
            topic,
            group: randomUUID(),
            gatherMs: 5,
          })
          counted = await count(await topicBlocks(ours))
          await ours.close()
        }
        return counted ?? { ids: new Map(), repeats: 0, straddles: 0, parts: 0 }
      },
      async end() {
        await producer.disconnect()
        await rm(folder, { recursive: true, force: true })
      },
    }
  }
}

/** A group is empty only some time after its last member was killed. */
async function until(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await work()
      return
    } catch (error) {
      if (tries >= 20) throw error
      await delay(500)
    }
  }
}
