import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { startCluster } from '../../test/broker/cluster.ts'
import { block, until } from '../../test/contract/topic-tools.ts'
import { openKafkaTopic } from './kafka-topic.ts'

/** LASTCALL_LONG=1 is the long form. */
const BLOWS = process.env.LASTCALL_LONG === '1' ? 200 : 12
const BLOCKS = BLOWS * 250

const cluster = await startCluster({}, reason => t.test('needs a Kafka broker', { skip: reason }, async () => {}))
if (cluster !== undefined) {
  t.teardown(() => cluster.end())
  t.test('two stores killed and frozen at random: every block is stored in exactly one range', async t => {
    const [address = ''] = cluster.addresses
    const name = `calls-${randomUUID()}`
    const sink = t.testdir()
    const topic = await openKafkaTopic({
      kafka: { brokers: [address], clientId: 'test' },
      clock: systemClock,
      log: silentLog,
      partitions: 3,
      topic: name,
      group: name,
    })
    t.teardown(() => topic.close())
    const program = new URL('../../test/contract/pin-until-killed.ts', import.meta.url).pathname
    const start = () =>
      spawn(process.execPath, [program, address, name, sink], { stdio: ['ignore', 'ignore', 'inherit'] })
    const workers: ChildProcess[] = [start(), start()]
    t.teardown(() => {
      for (const worker of workers) worker.kill('SIGKILL')
    })
    let sent = 0
    const writing = (async () => {
      for (; sent < BLOCKS; sent += 3) {
        await Promise.all([0, 1, 2].map(partition => topic.append(partition, [block(`${sent + partition}`)])))
        await delay(2)
      }
    })()
    for (let blow = 0; blow < BLOWS; blow++) {
      await delay(400 + Math.random() * 1_200)
      const victim = workers[blow % 2]
      if (victim === undefined) continue
      if (Math.random() < 0.5) {
        victim.kill('SIGKILL')
        await once(victim, 'exit')
        workers[blow % 2] = start()
      } else {
        victim.kill('SIGSTOP')
        await delay(1_800 + Math.random() * 1_000)
        victim.kill('SIGCONT')
      }
    }
    await writing
    const ends = (await topic.ends()).map(Number)
    await until('everything is stored', () => covered(sink, ends))
    t.same(overlaps(sink), [], 'no two ranges share a block')
    t.comment(`${ends.join(' + ')} blocks in ${readdirSync(sink).length} ranges, ${BLOWS} blows`)
  })
}

/** Ranges by partition, in order. */
function ranges(sink: string): number[][][] {
  const found: number[][][] = [[], [], []]
  for (const name of readdirSync(sink)) {
    const [partition = 0, from = 0, last = 0] = name.split(' ').map(Number)
    found[partition]?.push([from, last])
  }
  for (const list of found) list.sort(([a = 0], [b = 0]) => a - b)
  return found
}

function covered(sink: string, ends: readonly number[]): boolean {
  return ranges(sink).every(
    (list, partition) =>
      list.reduce((next, [from = 0, last = 0]) => (from <= next ? Math.max(next, last + 1) : next), 0) ===
      ends[partition],
  )
}

function overlaps(sink: string): string[] {
  return ranges(sink).flatMap((list, partition) =>
    list.flatMap(([from = 0], i) =>
      i > 0 && from <= (list[i - 1]?.[1] ?? -1) ? [`${partition}: ${list[i - 1]} and ${list[i]}`] : [],
    ),
  )
}
