import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { openKafkaTopic } from '../../ingest/topic/kafka-topic.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { createKafka } from '../../services/platform/kafka.ts'
import { silentLog } from '../../services/platform/log.ts'
import { ScriptProcess } from '../../test/crash/script-process.ts'
import type { ServiceProcess } from '../../test/crash/service-process.ts'
import { inWords, profileInto, sharesIn } from '../profile.ts'
import { type Body, push, pushOne } from '../push.ts'
import { timed } from '../timed.ts'
import type { Placed } from './blocks.ts'
import { whileWorking } from './cpu.ts'
import { asked, callsOf, type Ground, PARTITIONS, stored } from './ground.ts'

/** What one run took: wall and CPU seconds of the processes that are measured. */
export interface Took {
  readonly seconds: number
  readonly cpu: number
  /** CPU seconds of each process, where several are measured. */
  readonly each?: readonly number[]
}

const rowsOf = (bodies: readonly Body[]): number => bodies.reduce((sum, body) => sum + body.rows, 0)
const child = (name: string): string => join(import.meta.dirname, name)

/** Bodies by HTTP until the last 200: durable on Kafka. Processes that have taken others before. CPU is theirs. */
export async function door(
  ground: Ground,
  warm: readonly Body[],
  bodies: readonly Body[],
  collectors: number,
): Promise<Took> {
  const ingests: ServiceProcess[] = []
  const pushAll = (all: readonly Body[]): Promise<unknown> =>
    Promise.all(
      ingests.map(({ url }, index) =>
        push(
          url,
          all.filter((_, body) => body % collectors === index),
        ),
      ),
    )
  try {
    for (let index = 0; index < collectors; index += 1) ingests.push(await ground.start('ingest', undefined))
    await pushAll(warm)
    return await whileWorking(
      ingests.map(({ pid }) => pid),
      () => pushAll(bodies),
    )
  } finally {
    await Promise.all(ingests.map(ingest => ingest.kill()))
  }
}

/** Where the collector's main thread spends its time on these bodies, in words. */
export async function doorProfile(ground: Ground, bodies: readonly Body[]): Promise<readonly string[]> {
  const file = `${ground.folder()}.cpuprofile`
  const ingest = await ground.start('ingest', undefined, undefined, profileInto(file))
  try {
    await push(ingest.url, bodies)
    await ingest.ended('SIGTERM')
    return inWords(await sharesIn(file))
  } finally {
    await ingest.kill()
  }
}

/** Blocks made beforehand, appended as a collector does. CPU is this process's. */
export async function produce(ground: Ground, placed: readonly Placed[]): Promise<Took> {
  const topic = await openKafkaTopic({
    kafka: { brokers: [ground.broker], clientId: 'bench' },
    topic: 'bench.produce',
    clock: systemClock,
    log: silentLog,
    partitions: PARTITIONS,
  })
  try {
    return await whileWorking([process.pid], async () => {
      const queues = Array.from({ length: PARTITIONS }, (_, partition) =>
        placed.filter(one => one.partition === partition),
      )
      await Promise.all(
        queues.map(async queue => {
          // As many as a lane gathers while one send is under way.
          for (let at = 0; at < queue.length; at += 8)
            await topic.append(
              queue[at]?.partition ?? 0,
              queue.slice(at, at + 8).flatMap(one => one.blocks),
            )
        }),
      )
    })
  } finally {
    await topic.close()
  }
}

/** The same rows as log lines, one a message, by kcat into a topic of its own. */
export async function kcat(ground: Ground, bodies: readonly Body[]): Promise<Took> {
  const admin = createKafka({ brokers: [ground.broker], clientId: 'bench' }, silentLog).admin()
  await admin.connect()
  // False where a run before has made it.
  await admin.createTopics({ topics: [{ topic: 'bench.kcat', numPartitions: PARTITIONS }], waitForLeaders: true })
  await admin.disconnect()
  const file = `${ground.folder()}.lines`
  await writeFile(file, bodies.map(({ gzip }) => `${gunzipSync(gzip)}\n`).join(''))
  const command = ['kcat', '-P', '-q', '-b', ground.broker, '-t', 'bench.kcat', '-z', 'zstd']
  const { wall, cpu } = await timed([...command, '-X', 'enable.idempotence=true', '-X', 'acks=all', '-l', file])
  return { seconds: wall, cpu }
}

/** What stands on the topic into an empty server, by the store: CPU of store and server. */
export async function store(ground: Ground, rows: number, group: string): Promise<Took> {
  const server = await ground.clickhouse()
  const clickhouse = await asked(server)
  const process = await ground.start('store', server, group)
  try {
    return await whileWorking([process.pid, server.pid], () => stored(clickhouse, rows))
  } finally {
    await process.kill()
    await clickhouse.close()
    await server.kill()
  }
}

/** The same by the consumer people write. */
export async function naive(ground: Ground, rows: number, group: string): Promise<Took> {
  const server = await ground.clickhouse()
  const clickhouse = await asked(server)
  const tables = await ground.start('store', server, `${group}-tables`)
  await tables.kill()
  await clickhouse.command('TRUNCATE TABLE calls')
  const process = new ScriptProcess(child('naive.child.ts'), [ground.broker, server.url, group])
  try {
    await process.start()
    return await whileWorking([process.pid, server.pid], () => stored(clickhouse, rows))
  } finally {
    await process.kill()
    await clickhouse.close()
    await server.kill()
  }
}

/** The same by ClickHouse's own Kafka engine, inside its process. */
export async function engine(ground: Ground, rows: number, group: string): Promise<Took> {
  const process = new ScriptProcess(child('kafka-engine.child.ts'), [
    ground.folder(),
    ground.broker,
    group,
    String(rows),
  ])
  try {
    await process.start()
    return { seconds: Number(process.ready.seconds), cpu: Number(process.ready.cpu) }
  } finally {
    await process.kill()
  }
}

/** Bodies by HTTP until everything is stored, `before` rows on the topic are already, and `warm` were sent: CPU of collector, store and server. */
export async function endToEnd(
  ground: Ground,
  warm: readonly Body[],
  bodies: readonly Body[],
  before: number,
  group: string,
): Promise<Took> {
  const server = await ground.clickhouse()
  const clickhouse = await asked(server)
  const process = await ground.start('store', server, group)
  await stored(clickhouse, before)
  const ingest = await ground.start('ingest', undefined)
  const sent = before + rowsOf(warm)
  try {
    await push(ingest.url, warm)
    await stored(clickhouse, sent)
    return await whileWorking([ingest.pid, process.pid, server.pid], async () => {
      await push(ingest.url, bodies)
      await stored(clickhouse, sent + rowsOf(bodies))
    })
  } finally {
    await Promise.all([ingest.kill(), process.kill()])
    await clickhouse.close()
    await server.kill()
  }
}

/** Seconds from sending a body to its being counted, at a steady rate; sorted. */
export async function freshness(
  ground: Ground,
  bodies: readonly Body[],
  before: number,
  everyMs: number,
): Promise<number[]> {
  const server = await ground.clickhouse()
  const clickhouse = await asked(server)
  const process = await ground.start('store', server, 'fresh')
  await stored(clickhouse, before)
  const ingest = await ground.start('ingest', undefined)
  const waiting: { readonly at: number; readonly upTo: number }[] = []
  const ages: number[] = []
  let sent = before
  const looking = new AbortController()
  const look = async (): Promise<void> => {
    while (!looking.signal.aborted) {
      const calls = await callsOf(clickhouse)
      const now = performance.now()
      while ((waiting[0]?.upTo ?? Number.POSITIVE_INFINITY) <= calls)
        ages.push((now - (waiting.shift()?.at ?? now)) / 1000)
      await delay(40)
    }
  }
  const watched = look()
  try {
    const pending: Promise<void>[] = []
    for (const { gzip, rows } of bodies) {
      const at = performance.now()
      sent += rows
      waiting.push({ at, upTo: sent })
      pending.push(pushOne(ingest.url, gzip))
      await delay(everyMs)
    }
    await Promise.all(pending)
    await stored(clickhouse, sent)
    await delay(200)
  } finally {
    looking.abort()
    await watched
    await Promise.all([ingest.kill(), process.kill()])
    await clickhouse.close()
    await server.kill()
  }
  return ages.sort((a, b) => a - b)
}
