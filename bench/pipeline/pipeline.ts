import { systemClock } from '../../services/platform/clock.ts'
import type { Bench } from '../bench.ts'
import { type Figure, measured, spread } from '../figure.ts'
import { bodiesOf } from '../push.ts'
import { number, table, thousands } from '../table.ts'
import { present } from '../timed.ts'
import { blocksOf } from './blocks.ts'
import { Ground } from './ground.ts'
import { door, doorProfile, endToEnd, engine, freshness, kcat, naive, produce, store, type Took } from './stages.ts'

const LINES = 1_000
/** 20 seconds at 10,000 rows a second. */
const FRESH_ROWS = 200_000

/** Rows a second through Kafka and a ClickHouse server: each stage alone, beside what people would use instead, then all of it. */
export const pipeline: Bench = {
  name: 'pipeline',
  async *figures(size) {
    const ground = await Ground.open()
    if (ground === undefined) return
    try {
      const rows = Math.max(size.rows, LINES)
      const bodies = bodiesOf(rows, LINES, systemClock.now())
      const placed = await blocksOf(bodies, await ground.configuration())
      const withKcat = await present('kcat').then(found => found || present('/usr/bin/kcat'))
      const took = new Map<string, Took[]>()
      const note = (name: string, one: Took): void => void took.set(name, [...(took.get(name) ?? []), one])
      let onTopic = 0
      // Alternating: what the machine does meanwhile meets all of them.
      for (let run = 0; run < size.runs; run += 1) {
        const made = (ms: number) => bodiesOf(rows, LINES, systemClock.now() - run * 1_000 - ms)
        note('door → Kafka', await door(ground, made(0), made(100)))
        onTopic += 2 * rows
        note('produce', await produce(ground, placed))
        if (withKcat) note('produce: kcat -z zstd', await kcat(ground, bodies))
        note('Kafka → ClickHouse', withRows(await store(ground, onTopic, `store-${run}`), onTopic, rows))
        note(
          'Kafka → ClickHouse: naive consumer',
          withRows(await naive(ground, onTopic, `naive-${run}`), onTopic, rows),
        )
        note(
          'Kafka → ClickHouse: Kafka engine',
          withRows(await engine(ground, onTopic, `engine-${run}`), onTopic, rows),
        )
        note('end to end', await endToEnd(ground, made(300), made(600), onTopic, `end-${run}`))
        onTopic += 2 * rows
      }
      const spent = await doorProfile(ground, bodiesOf(2 * rows, LINES, systemClock.now() - 900))
      onTopic += 2 * rows
      for (const [name, runs] of took) yield figureOf(name, rows, runs, name === 'door → Kafka' ? spent : [])
      const ages = await freshness(ground, bodiesOf(FRESH_ROWS, 100, systemClock.now() - 333), onTopic, 10)
      yield {
        bench: 'pipeline',
        name: 'freshness',
        runs: 1,
        input: { rowsPerSecond: 10_000, bodies: ages.length },
        measures: {
          'median s': spread([ages[Math.floor(ages.length / 2)] ?? Number.NaN]),
          'p95 s': spread([ages[Math.floor(ages.length * 0.95)] ?? Number.NaN]),
        },
        notes: [],
      }
    } finally {
      await ground.end()
    }
  },
  section(figures) {
    const rows = figures
      .filter(({ name }) => name !== 'freshness')
      .map(figure => [
        figure.name,
        `${figure.input.rows}`,
        `${figure.runs}`,
        thousands(measured(figure, 'rows/s')),
        number(measured(figure, 'CPU-s/M')),
      ])
    const fresh = figures.find(({ name }) => name === 'freshness')
    const spent = figures.find(({ name }) => name === 'door → Kafka')?.notes ?? []
    return [
      'One real Kafka broker, a ClickHouse server (the embedded engine behind its HTTP interface), `lastcall ingest` and `lastcall store`, and whatever sends, all on the same cores; bodies of 1,000 nginx JSON lines of 400 B, compressed beforehand. A collector and a whole way have taken as many rows before the run; the stores begin cold. CPU is that of the processes named: collector; sender; store with server; the engine’s process; collector, store and server. The broker’s is in none of them. The naive consumer inserts a batch and commits its offset; the Kafka engine reads the same blocks into the same tables and views. Neither keeps a row from counting twice.',
      table('| stage | rows a run | runs | k rows/s | CPU-s/M |', rows),
      `Where the collector’s main thread spends its busy time (one more run under V8’s profiler, its start included): ${spent.join(', ')}.`,
      ...(fresh === undefined
        ? []
        : [
            `Freshness at 10,000 rows/s, from sending a body to its being counted: median ${measured(fresh, 'median s').median.toFixed(2)} s, p95 ${measured(fresh, 'p95 s').median.toFixed(2)} s.`,
          ]),
    ]
  },
}

/** A store reads all that stands on the topic: as if it had been `rows`. */
function withRows(took: Took, read: number, rows: number): Took {
  return { seconds: (took.seconds * rows) / read, cpu: (took.cpu * rows) / read }
}

function figureOf(name: string, rows: number, runs: readonly Took[], notes: readonly string[]): Figure {
  return {
    bench: 'pipeline',
    name,
    runs: runs.length,
    input: { rows },
    measures: {
      'rows/s': spread(runs.map(({ seconds }) => rows / seconds)),
      'CPU-s/M': spread(runs.map(({ cpu }) => (cpu / rows) * 1e6)),
    },
    notes,
  }
}
