import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { readKafkaDeadLetters } from '../../ingest/topic/kafka-dead-reader.ts'
import { openKafkaTopic } from '../../ingest/topic/kafka-topic.ts'
import { type ClickHouse, openClickHouse } from '../../services/platform/clickhouse.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { type Chaos, chaos, type Victim } from './chaos.ts'
import { appendPoison, POISON_ROWS } from './poison.ts'
import { again, asVictim, PARTITIONS, type Production, startProduction } from './production-parts.ts'
import { ScriptProcess } from './script-process.ts'
import { seeded } from './seeded.ts'
import { hasKey, numbersOf, SHARE, sendBodies } from './senders.ts'
import { ask, sumsOf } from './sums.ts'

export interface ProductionCrashOptions {
  readonly folder: string
  /** Lines of the largest body. */
  readonly most: number
  /** By SIGKILL; senders push for as long as it takes. */
  readonly kills: number
  readonly poisoned: number
  readonly seed: number
  readonly say: (text: string) => void
  readonly skip: (reason: string) => void
}

export interface ProductionCrashResult extends Chaos {
  /** Rows sent, those that no table takes among them. */
  readonly sent: number
  readonly poison: number
  readonly withKey: number
  readonly attempts: number
  readonly sums: Readonly<Record<string, number>>
  /** Distinct origins on the dead topic. */
  readonly dead: number
  /** Rows of the consumer people write, and how many distinct requests are among them. */
  readonly naive: { readonly rows: number; readonly distinct: number }
  readonly errors: string
}

/**
 * Two collectors, two stores, a broker and a ClickHouse server, all of them killed and stopped again and again while
 * senders push bodies to either collector until they are answered; then everything is counted.
 */
export async function productionCrash(options: ProductionCrashOptions): Promise<ProductionCrashResult | undefined> {
  const production = await startProduction(options.folder, options.skip)
  if (production === undefined) return undefined
  try {
    return await run(production, options)
  } finally {
    await production.end()
  }
}

async function run(production: Production, options: ProductionCrashOptions): Promise<ProductionCrashResult> {
  const { cluster, clickhouse: server } = production
  const random = seeded(options.seed)
  const collectors = [await production.start('ingest', 'a'), await production.start('ingest', 'b')]
  const stores = [await production.start('store', 'c'), await production.start('store', 'd')]
  const naive = new ScriptProcess(join(import.meta.dirname, 'naive-consumer.ts'), [
    cluster.addresses[0] ?? '',
    server.settings.url,
  ])
  await naive.start()
  const [broker] = cluster.brokers
  if (broker === undefined) throw new Error('no broker')
  const victims: readonly Victim[] = [
    ...collectors.map((one, index) => asVictim(`collector ${index + 1}`, one)),
    ...stores.map((one, index) => asVictim(`store ${index + 1}`, one)),
    {
      name: 'broker',
      kill: () => broker.kill(),
      suspend: () => broker.suspend(),
      resume: () => broker.resume(),
      revive: () => again(() => broker.start()),
    },
    {
      name: 'clickhouse',
      kill: () => server.kill(),
      suspend: () => server.suspend(),
      resume: () => server.resume(),
      revive: () => again(() => server.start()),
    },
    { ...asVictim('naive consumer', naive), foreign: true },
  ]
  const now = Date.now()
  const kafka = { brokers: cluster.addresses, clientId: 'crash' }
  const topic = await openKafkaTopic({ kafka, clock: systemClock, log: silentLog, partitions: PARTITIONS })
  let over = false
  const pushing = [0, 1, 2].map(index =>
    sendBodies({
      from: index * SHARE,
      to: (index + 1) * SHARE,
      enough: () => over,
      pauseMs: 200,
      most: options.most,
      url: () => collectors[Math.floor(random() * 2)]?.url ?? '',
      now,
      random,
      cut: 0.1,
    }),
  )
  const poisoning = appendPoison(topic, options.poisoned, now, (options.kills * 2_500) / options.poisoned)
  const struck = await chaos({ victims, kills: options.kills, random, say: options.say })
  over = true
  const pushed = await Promise.all(pushing)
  await poisoning
  await topic.close()
  const poison = options.poisoned
  const numbers = pushed.flatMap(({ next }, index) => numbersOf(index * SHARE, next))
  const sent = numbers.length + poison * POISON_ROWS
  options.say('all sent; waiting for the stores')
  const clickhouse = await openClickHouse(server.settings)
  try {
    await settled(clickhouse, sent - poison)
    return {
      ...struck,
      sent,
      poison,
      withKey: numbers.filter(hasKey).length,
      attempts: pushed.reduce((sum, made) => sum + made.attempts, 0),
      sums: await sumsOf(clickhouse),
      dead: (await readKafkaDeadLetters({ kafka, clock: systemClock, log: silentLog, most: 100_000 })).length,
      naive: {
        rows: await ask(clickhouse, 'SELECT count() AS n FROM naive'),
        distinct: await ask(clickhouse, 'SELECT uniqExact(request_id) AS n FROM naive'),
      },
      errors: [...collectors, ...stores, naive]
        .map(one => one.errors)
        .join('')
        .slice(-4_000),
    }
  } finally {
    await clickhouse.close()
    await naive.kill()
  }
}

/** Waits until so many calls are stored, or nothing has moved for a minute; then a little more, for what must not come. */
async function settled(clickhouse: ClickHouse, wanted: number): Promise<void> {
  let before = -1
  for (let still = 0; still < 120; ) {
    await delay(500)
    const calls = await ask(clickhouse, 'SELECT count() AS n FROM calls').catch(() => -1)
    if (calls >= wanted) break
    still = calls === before ? still + 1 : 0
    before = calls
  }
  await delay(6_000)
}

/** `npm run crash`: the long form. One JSON line at the end. */
if (import.meta.main) {
  const { mkdtemp, rm } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  const folder = await mkdtemp(join(tmpdir(), 'lastcall-crash-'))
  const result = await productionCrash({
    folder,
    most: 1_000,
    kills: Number(process.env.CRASH_KILLS ?? 500),
    poisoned: 200,
    seed: Number(process.env.CRASH_SEED ?? 11),
    say: text => process.stderr.write(`\r${text.padEnd(60)}`),
    skip: text => process.stderr.write(`${text}\n`),
  })
  process.stdout.write(`\n${JSON.stringify(result)}\n`)
  await rm(folder, { recursive: true, force: true })
}
