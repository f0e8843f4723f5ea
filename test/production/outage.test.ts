import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openClickHouse } from '../../services/platform/clickhouse.ts'
import { type Production, startProduction } from '../crash/production-parts.ts'
import { logLine } from '../crash/senders.ts'
import type { ServiceProcess } from '../crash/service-process.ts'
import { ask } from '../crash/sums.ts'
import { footprint } from './footprint.ts'

const LONG = process.env.LASTCALL_LONG === '1'
/** How long Kafka, or ClickHouse, is away; ten minutes in the long form. */
const AWAY_MS = LONG ? 600_000 : 12_000
const WARM_MS = LONG ? 120_000 : 6_000
/** Of a process that has run for seconds only, memory is still settling. */
const GROWTH = LONG ? 1.1 : 1.6
/** MiB that a store may fetch ahead (KafkaTopicOptions.bufferBytes), and as much again of garbage. */
const AHEAD = 2 * 192

interface Load {
  /** Rows that were answered 200. */
  answered: number
  readonly statuses: Map<number, number>
  retryAfter: boolean
  stop(): Promise<void>
}

/** Two senders push bodies of 200 lines without end; each body again until it is answered 200. */
function load(ingest: ServiceProcess, from: number): Load {
  const stopped = new AbortController()
  const now = Date.now()
  let next = from
  const state = { answered: 0, statuses: new Map<number, number>(), retryAfter: true }
  const sender = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const first = next
      next += 200
      const body = Array.from({ length: 200 }, (_, index) => logLine(first + index, now)).join('\n')
      for (let taken = false; !taken; ) {
        const response = await fetch(`${ingest.url}/ingest/bodies`, { method: 'POST', body }).catch(() => undefined)
        await response?.arrayBuffer()
        const status = response?.status ?? 0
        state.statuses.set(status, (state.statuses.get(status) ?? 0) + 1)
        if (status === 503 && response?.headers.get('retry-after') === null) state.retryAfter = false
        taken = status === 200
        if (taken) state.answered += 200
        else await delay(100)
      }
      await delay(20)
    }
  }
  const senders = [sender(), sender()]
  return Object.assign(state, {
    stop: async () => {
      stopped.abort()
      await Promise.all(senders)
    },
  })
}

async function production(t: Test): Promise<Production | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'lastcall-outage-'))
  const one = await startProduction(folder, reason => t.test('needs a Kafka broker', { skip: reason }, async () => {}))
  t.teardown(async () => {
    await one?.end()
    await rm(folder, { recursive: true, force: true })
  })
  return one
}

/** Both outages on one installation: it must come back from each by itself. */
t.test(
  'without Kafka senders are told 503 and when to come again, without ClickHouse they notice nothing; memory stays flat, and every answered row is stored afterwards',
  { timeout: AWAY_MS * 4 + 300_000 },
  async t => {
    const installation = await production(t)
    if (installation === undefined) return
    const ingest = await installation.start('ingest', 'a')
    const store = await installation.start('store', 'b')
    const [broker] = installation.cluster.brokers
    const pushed = load(ingest, 0)
    await delay(WARM_MS)
    const linux = existsSync('/proc/self/status')
    const measure = async () =>
      linux ? { ingest: await footprint(ingest.pid), store: await footprint(store.pid) } : undefined
    const warm = await measure()
    /** Waits out an outage. What is fetched ahead fills up in its first third; from there on nothing may grow. */
    const away = async (when: string): Promise<void> => {
      const seen = []
      for (let third = 0; third < 30; third += 1) {
        await delay(AWAY_MS / 30)
        seen.push(await measure())
      }
      for (const name of ['ingest', 'store'] as const) {
        const samples = seen.flatMap(sample => (sample === undefined ? [] : [sample[name]]))
        const [first, ...later] = samples.slice(samples.length / 3)
        const before = warm?.[name]
        if (first === undefined || before === undefined) continue
        const peak = Math.max(...later.map(({ rss }) => rss))
        const handles = Math.max(...later.map(sample => sample.handles))
        t.comment(
          `${when}: ${name} ${before.rss} MiB warm, ${first.rss} at a third, ${peak} at most, ${later.at(-1)?.rss} at the end; handles ${before.handles}, ${handles} at most`,
        )
        t.ok(peak < first.rss * GROWTH, `memory of ${name} is flat ${when}`)
        t.ok(peak < before.rss * GROWTH + (name === 'store' ? AHEAD : 0), `and bounded`)
        t.ok(handles < before.handles + 20, `file handles of ${name} are flat ${when}`)
      }
    }

    const metrics = async (one: ServiceProcess): Promise<string> => {
      const answer = await fetch(`${one.url}/metrics`, { signal: AbortSignal.timeout(10_000) })
      return answer.text()
    }

    t.match(await metrics(store), /lastcall_store_lag\{/)
    broker?.suspend()
    await delay(3_000)
    t.match(await metrics(store), /lastcall_store_lag\{/, 'a broker that hangs holds up nobody who looks')
    broker?.resume()

    await broker?.kill()
    await away('without Kafka')
    t.match(await metrics(store), /lastcall_store_lag\{/)
    t.equal(
      (await fetch(`${ingest.url}/readyz`)).status,
      503,
      'a collector that cannot write is taken out of the balancer',
    )
    t.ok((pushed.statuses.get(503) ?? 0) > 0, 'senders were told')
    t.ok(pushed.retryAfter, 'with every 503 goes a time to come again')
    await broker?.start()
    const before = pushed.answered
    for (let waited = 0; pushed.answered === before && waited < 60_000; waited += 500) await delay(500)
    t.ok(pushed.answered > before, 'it goes on by itself')

    installation.clickhouse.suspend()
    let ready = 200
    for (let waited = 0; ready === 200 && waited < 30_000; waited += 500) {
      await delay(500)
      ready = (await fetch(`${store.url}/readyz`)).status
    }
    t.equal(ready, 503, 'a ClickHouse that hangs is one that does not answer')
    t.match(await metrics(store), /lastcall_store_lag\{/)
    installation.clickhouse.resume()

    await installation.clickhouse.kill()
    const taken = pushed.answered
    await away('without ClickHouse')
    t.equal((await fetch(`${ingest.url}/readyz`)).status, 200, 'a dead ClickHouse takes no collector out')
    t.equal((await fetch(`${store.url}/readyz`)).status, 503, 'the store says that it cannot work')
    t.ok(pushed.answered > taken, 'senders notice nothing')
    t.match(await metrics(store), /lastcall_store_lag\{[^}]*\} [1-9]/, 'what waits is seen')
    await installation.clickhouse.start()

    await pushed.stop()
    const clickhouse = await openClickHouse(installation.clickhouse.settings)
    t.teardown(() => clickhouse.close())
    const count = (sql: string): Promise<number> => ask(clickhouse, sql).catch(() => -1)
    let stored = -1
    for (let still = 0; still < 120 && stored < pushed.answered; ) {
      await delay(500)
      const now = await count('SELECT count() AS n FROM calls')
      still = now > stored ? 0 : still + 1
      stored = now
    }
    t.comment(`${pushed.answered} rows answered`)
    t.equal(await count('SELECT count() AS n FROM calls'), pushed.answered)
    t.equal(await count('SELECT uniqExact(request_id) AS n FROM calls'), pushed.answered)

    const asked = Date.now()
    await ingest.kill('SIGTERM')
    await store.kill('SIGTERM')
    t.comment(`both processes stopped ${Date.now() - asked} ms after they were asked to`)
  },
)
