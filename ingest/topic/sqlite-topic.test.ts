import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { REPEAT_WINDOW_MS } from '../../services/domain/block.ts'
import type { Clock } from '../../services/domain/clock.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { type Test, topicContract } from '../../test/contract/topic.contract.ts'
import { block, commitAll, consume, until } from '../../test/contract/topic-tools.ts'
import { readTopic } from './sqlite-reader.ts'
import { openSqliteTopic, type SqliteTopicOptions } from './sqlite-topic.ts'

topicContract(t, {
  async place(t) {
    const folder = t.testdir()
    return {
      open({ clockBackMs = 0 } = {}) {
        return open(t, { folder, clock: clockAt(() => systemClock.now() - clockBackMs) })
      },
    }
  },
})

function clockAt(now: () => number): Clock {
  return { now, sleep: systemClock.sleep }
}

async function open(t: Test, options: Partial<SqliteTopicOptions> & { readonly folder: string }) {
  const topic = await openSqliteTopic({ clock: systemClock, gatherMs: 5, ...options })
  t.teardown(() => topic.close())
  return topic
}

const range = (key: string, from: number, to: number) => ({
  key,
  part: to,
  of: 0,
  from,
  first: 0,
  rows: 1,
  tallies: [],
})

t.test('the position of a followed file is committed with its block, and only ever grows', async t => {
  const folder = t.testdir()
  const topic = await open(t, { folder })
  t.equal(await topic.positionOf('file'), undefined)
  await topic.append(0, [
    block('a', 1, [range('file', 0, 100)]),
    block('b', 1, [range('file', 100, 250), range('other', 0, 7)]),
  ])
  await topic.append(0, [block('again', 1, [range('file', 0, 100)])])
  t.equal(await topic.positionOf('file'), 250)
  await topic.close()
  const again = await open(t, { folder })
  t.same([await again.positionOf('file'), await again.positionOf('other')], [250, 7])
})

t.test('a second opening of the same folder is refused with a code, until the first is closed', async t => {
  const folder = t.testdir()
  const topic = await open(t, { folder })
  await t.rejects(openSqliteTopic({ folder, clock: systemClock }), { code: 'LC_DATA_LOCKED', exit: 3 })
  await topic.close()
  await open(t, { folder })
})

t.test('a folder that cannot be made is one clear line', async t => {
  const folder = t.testdir({ file: 'in the way' })
  await t.rejects(openSqliteTopic({ folder: `${folder}/file/data`, clock: systemClock }), {
    code: 'LC_DATA_FOLDER',
    exit: 3,
  })
})

t.test('a topic opened with another number of partitions stops with a code, and is unharmed', async t => {
  const folder = t.testdir()
  const topic = await open(t, { folder, partitions: 3 })
  t.equal(topic.partitions, 3)
  await topic.close()
  await t.rejects(openSqliteTopic({ folder, clock: systemClock, partitions: 5 }), {
    code: 'LC_TOPIC_PARTITIONS',
    exit: 2,
  })
  await open(t, { folder, partitions: 3 })
})

/** Text that does not compress, so that the disk limit is met soon. */
const noise = (name: string) => {
  const one = block(name, 1)
  return { ...one, payload: Buffer.concat([one.payload, crypto.getRandomValues(Buffer.alloc(60_000))]) }
}

t.test('at its disk limit the topic refuses blocks, commits still pass, and storing makes room', async t => {
  let now = 1_800_000_000_000
  const topic = await open(t, { folder: t.testdir(), limitBytes: 1_000_000, clock: clockAt(() => now) })
  let appended = 0
  await t.rejects(
    (async () => {
      for (; ; appended++) await topic.append(0, [noise(`${appended}`)])
    })(),
    { code: 'LC_TOPIC_FULL', exit: 3 },
  )
  t.ok(appended >= 10 && appended <= 16, `${appended} blocks of 60 kB stand`)
  t.equal(topic.accepts(), false)
  await t.rejects(topic.append(0, [noise('x')]), { code: 'LC_TOPIC_FULL' }, 'refused at once')
  const { seen, stop } = await consume(topic)
  await until(
    'all stored',
    async () => seen.leases.has(0) && Number((await seen.lease().committed()).offset) === appended,
  )
  await stop()
  now += 1_000
  t.equal(topic.accepts(), true)
  await topic.append(0, [noise('after')])
  t.same(await topic.ends(), [BigInt(appended + 1), 0n, 0n, 0n])
})

t.test('what is stored is trimmed when it is older than the window of repeats, what is not stored never', async t => {
  let now = 1_800_000_000_000
  const folder = t.testdir()
  const topic = await open(t, { folder, clock: clockAt(() => now) })
  await topic.append(0, [block('stored'), block('stored too'), block('not stored')])
  await topic.append(1, [block('not stored')])
  const first = await consume(topic, async lease => {
    if (lease.partition === 0) await lease.commit(2n, '')
  })
  await until(
    'two committed',
    async () => first.seen.leases.has(0) && (await first.seen.lease().committed()).offset === 2n,
  )
  await first.stop()
  const left = async () => {
    const reader = readTopic(folder)
    const names = [0, 1].map(partition => reader.read(partition, 0n, 10).map(one => one.headers.source))
    reader.close()
    return names
  }
  now += REPEAT_WINDOW_MS
  await topic.append(2, [block('x')])
  t.same(await left(), [['stored', 'stored too', 'not stored'], ['not stored']])
  now += 700_000
  await topic.append(2, [block('y')])
  t.same(await left(), [['not stored'], ['not stored']])
  const second = await consume(topic)
  await until('the rest', () => second.seen.blocks.length === 4)
  await second.stop()
  t.same(second.seen.blocks.find(one => one.partition === 0)?.offset, 2n)
})

t.test('a backlog comes in calls of bounded size', async t => {
  const topic = await open(t, { folder: t.testdir(), batch: { bytes: 200_000, blocks: 5 } })
  await topic.append(
    0,
    Array.from({ length: 12 }, (_, i) => block(`${i}`)),
  )
  await topic.append(
    1,
    Array.from({ length: 6 }, (_, i) => noise(`${i}`)),
  )
  await topic.append(2, [block('large', 5_000)])
  const sizes: number[][] = [[], [], [], []]
  const { seen, stop } = await consume(topic, async (lease, blocks, seen) => {
    sizes[lease.partition]?.push(blocks.length)
    await commitAll(lease, blocks, seen)
  })
  await until('everything', () => seen.blocks.length === 19)
  await stop()
  t.same(sizes, [[5, 5, 2], [3, 3], [1], []])
})

t.test('a trickle is gathered: after a call the next one waits a little for company', async t => {
  const topic = await open(t, { folder: t.testdir(), gatherMs: 400 })
  let calls = 0
  const { seen, stop } = await consume(topic, async (lease, blocks, seen) => {
    calls++
    await commitAll(lease, blocks, seen)
  })
  for (let i = 0; i < 30; i++) await topic.append(0, [block(`${i}`)])
  await until('all', () => seen.blocks.length === 30)
  await stop()
  t.ok(calls < 30, `${calls} calls`)
})

t.test('trouble with the file is LC_TOPIC_DOWN, refused at once for a second, and over when it is over', async t => {
  let now = 1_800_000_000_000
  const folder = t.testdir()
  const topic = await open(t, { folder, clock: clockAt(() => now) })
  await topic.append(0, [block('before')])
  const other = new DatabaseSync(join(folder, 'topic.db'))
  t.teardown(() => other.close())
  other.exec('ALTER TABLE blocks RENAME TO away')
  const both = await Promise.allSettled([topic.append(0, [block('a')]), topic.append(1, [block('b')])])
  t.match(both, [{ reason: { code: 'LC_TOPIC_DOWN', exit: 3 } }, { reason: { code: 'LC_TOPIC_DOWN' } }])
  t.equal(topic.accepts(), false)
  other.exec('ALTER TABLE away RENAME TO blocks')
  await t.rejects(topic.append(0, [block('c')]), { code: 'LC_TOPIC_DOWN' })
  now += 1_000
  t.equal(topic.accepts(), true)
  await topic.append(0, [block('after')])
  t.same(await topic.ends(), [2n, 0n, 0n, 0n])
})

t.test('what was acknowledged before SIGKILL stands afterwards, whole and in order', async t => {
  const folder = t.testdir()
  let acknowledged = 0
  for (let round = 0; round < 3; round++) {
    const child = spawn(
      process.execPath,
      [new URL('../../test/contract/append-until-killed.ts', import.meta.url).pathname, folder, `${acknowledged}`],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const lines = createInterface({ input: child.stdout })
    let fresh = 0
    lines.on('line', line => {
      acknowledged = Number(line)
      if (++fresh === 20) void delay(round * 7).then(() => child.kill('SIGKILL'))
    })
    await once(child, 'exit')
  }
  const topic = await open(t, { folder })
  const [end] = await topic.ends()
  t.ok(Number(end) >= acknowledged, `${acknowledged} acknowledged, ${end} stand`)
  const { seen, stop } = await consume(topic)
  await until('all', () => seen.blocks.length === Number(end))
  await stop()
  t.same(
    seen.blocks.map(one => one.offset),
    Array.from({ length: Number(end) }, (_, i) => BigInt(i)),
  )
  for (let i = 0; i < acknowledged; i++) if (!seen.names().includes(`block ${i}`)) t.fail(`block ${i} is lost`)
  t.equal(
    await topic.positionOf('file'),
    Number(end) === 0 ? undefined : Math.max(...seen.blocks.flatMap(one => one.headers.uploads.map(part => part.part))),
  )
})
