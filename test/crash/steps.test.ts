import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { type ClickHouse, openClickHouse } from '../../services/platform/clickhouse.ts'
import { LossyProxy, OFFSET_COMMIT, type Passing, PRODUCE } from '../broker/proxy.ts'
import { until } from '../contract/topic-tools.ts'
import { again, startProduction } from './production-parts.ts'
import { seeded } from './seeded.ts'
import { hasKey, sendBodies } from './senders.ts'
import { ask, sumsOf } from './sums.ts'

const ROWS = 150

/** Where a process is when it dies: at something that passes between it and Kafka, or around a statement at ClickHouse. */
type Step = { readonly name: string; readonly who: 'collector' | 'store' } & (
  | { readonly at: (passing: Passing) => boolean }
  | { readonly during: string }
  | { readonly after: string }
)

const isPin = ({ frame }: Passing): boolean => frame.includes(' p1 ')
const commits = (pin: boolean, way: Passing['way']) => {
  let seen = false
  return (passing: Passing): boolean => {
    if (passing.api !== OFFSET_COMMIT) return false
    // An answer does not say what it answers: it is the one to the last request.
    if (passing.way === 'request') seen = isPin(passing) === pin && passing.frame.includes('lastcall 1 ')
    return seen && passing.way === way
  }
}
const produces = (way: Passing['way']) => (passing: Passing) => passing.api === PRODUCE && passing.way === way

const STEPS: readonly Step[] = [
  { name: 'before a block is on Kafka', who: 'collector', at: produces('request') },
  { name: 'after Kafka has it, before the 200', who: 'collector', at: produces('answer') },
  { name: 'before the pin is written', who: 'store', at: commits(true, 'request') },
  { name: 'after the pin is written', who: 'store', at: commits(true, 'answer') },
  { name: 'while calls are inserted', who: 'store', during: 'INSERT INTO calls_in' },
  { name: 'after calls were inserted', who: 'store', after: 'INSERT INTO calls_in' },
  { name: 'while tallies are inserted', who: 'store', during: 'INSERT INTO tallies_in' },
  { name: 'after tallies were inserted', who: 'store', after: 'INSERT INTO tallies_in' },
  { name: 'while uploads are inserted', who: 'store', during: 'INSERT INTO uploads' },
  { name: 'after uploads were inserted', who: 'store', after: 'INSERT INTO uploads' },
  { name: 'before the commit', who: 'store', at: commits(false, 'request') },
  { name: 'after the commit', who: 'store', at: commits(false, 'answer') },
]

t.test(
  'over Kafka and a ClickHouse server a process killed at every step in turn: each row stands once in every table',
  { timeout: 300_000 },
  async t => {
    const folder = await mkdtemp(join(tmpdir(), 'lastcall-steps-'))
    const proxy = await LossyProxy.listen()
    const advertised = { 'advertised.listeners': `PLAINTEXT://127.0.0.1:${proxy.port}` }
    const skip = (reason: string) => t.test('needs a Kafka broker', { skip: reason }, async () => {})
    const production = await startProduction(folder, skip, '', { properties: advertised })
    t.teardown(async () => {
      await production?.end()
      await proxy.close()
      await rm(folder, { recursive: true, force: true })
    })
    if (production === undefined) return
    const server = production.clickhouse
    proxy.target = production.cluster.brokers[0]?.port ?? 0
    const processes = {
      collector: await production.start('ingest', 'a'),
      store: await production.start('store', 'b'),
    }
    const now = Date.now()
    const random = seeded(3)
    let sent = 0
    for (const step of STEPS) {
      const victim = processes[step.who]
      let dead: Promise<void> | undefined
      if ('at' in step) {
        proxy.lets = passing => {
          if (dead !== undefined || !step.at(passing)) return true
          dead = victim.kill()
          return false
        }
      } else {
        const before = await struck(server)
        if ('during' in step) await server.fault({ match: step.during, times: 1, kind: 'slow', ms: 400 })
        else await server.fault({ match: step.after, times: 1, kind: 'cut-after' })
        void until(step.name, async () => (await struck(server)) > before).then(() => {
          dead = victim.kill()
        })
      }
      const pushed = sendBodies({
        from: sent,
        to: sent + ROWS,
        most: 60,
        url: () => processes.collector.url,
        now,
        random,
      })
      sent += ROWS
      await until(step.name, () => dead !== undefined)
      await dead
      proxy.lets = () => true
      await again(() => victim.start())
      await pushed
      t.pass(`killed ${step.name}`)
    }
    const clickhouse = await openClickHouse(server.settings)
    t.teardown(() => clickhouse.close())
    await until('all is stored', async () => (await callsOf(clickhouse)) >= sent)
    await delay(3_000)
    const withKey = Array.from({ length: sent }, (_, number) => Number(hasKey(number))).reduce((a, b) => a + b, 0)
    const tables = ['calls', 'distinct', 'usage_daily', 'usage_ever', 'consumers_daily', 'headers_daily', 'tallies']
    t.strictSame(await sumsOf(clickhouse), {
      ...Object.fromEntries(tables.map(table => [table, sent])),
      identities_seen: withKey,
      dead_tallies: 0,
      other_tallies: 0,
    })
  },
)

const callsOf = (clickhouse: ClickHouse): Promise<number> => ask(clickhouse, 'SELECT count() AS n FROM calls')

async function struck(server: { struck(): Promise<Readonly<Record<string, number>>> }): Promise<number> {
  return Object.values(await server.struck()).reduce((sum, times) => sum + times, 0)
}
