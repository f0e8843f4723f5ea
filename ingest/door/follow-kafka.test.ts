import { randomUUID } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { startCluster } from '../../test/broker/cluster.ts'
import { jsonLine } from '../../test/running.ts'
import { openKafkaTopic } from '../topic/kafka-topic.ts'
import { type Counted, count, kill, startChild, topicBlocks } from './follow-tools.fixture.ts'

const cluster = await startCluster({}, reason => t.test('needs a Kafka broker', { skip: reason }, async () => {}))
if (cluster !== undefined) {
  t.teardown(() => cluster.end())
  const brokers = cluster.addresses
  t.test('a file followed into Kafka counts once, the process killed at each step and the broker too', async t => {
    const folder = await mkdtemp(join(tmpdir(), 'lastcall-follow-kafka-'))
    t.teardown(() => rm(folder, { recursive: true, force: true }))
    const data = join(folder, 'data')
    const log = join(folder, 'access.log')
    const topic = `calls-${randomUUID()}`
    await mkdir(data)
    await writeFile(
      join(data, 'lastcall.yaml'),
      `sources:
  - { id: web, format: auto, file: { path: ${JSON.stringify(log)} } }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], support: help@partner.example }
`,
    )
    let made = 0
    const write = (lines: number): Promise<void> =>
      appendFile(log, Array.from({ length: lines }, () => `${jsonLine({ request_id: `r-${made++}` })}\n`).join(''))
    const options = { folder: data, kafka: { brokers, topic }, journal: true }
    for (const step of ['before-write', 'before-send', 'after-ack']) {
      const child = await startChild({ ...options, die: { step, times: 1 } })
      await write(1_200)
      for (let tries = 0; tries < 300 && child.signalCode === null; tries += 1) await delay(100)
      t.equal(child.signalCode, 'SIGKILL', `it died ${step}`)
      // The file grows and is rotated while nobody looks: cut anew, the range would be another one.
      await write(700)
      if (step === 'before-send') await rename(log, `${log}.1`)
    }
    const child = await startChild(options)
    await write(300)
    await cluster.brokers[0]?.kill()
    await write(300)
    await cluster.brokers[0]?.start()
    const counted = await settled(made)
    await kill(child)
    t.equal(counted.ids.size, made, 'nothing is missing')
    t.ok(
      [...counted.ids.values()].every(times => times === 1),
      'nothing counts twice',
    )
    t.equal(counted.straddles, 0, 'no range lies across the end of another')
    t.ok(counted.repeats > 0, 'one range was sent again, unchanged')

    /** What counts, once so many ids do, and a moment later. */
    async function settled(ids: number): Promise<Counted> {
      let last: Counted = { ids: new Map(), repeats: 0, straddles: 0, parts: 0 }
      for (let quiet = 0, tries = 0; tries < 60 && quiet < 2; tries += 1) {
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
        const now = await count(await topicBlocks(ours))
        await ours.close()
        quiet = now.ids.size >= ids && now.parts === last.parts ? quiet + 1 : 0
        last = now
      }
      return last
    }
  })
}
