import { systemClock } from '../../services/platform/clock.ts'
import type { Bench } from '../bench.ts'
import { type Figure, measured, spread } from '../figure.ts'
import { type Body, bodiesOf } from '../push.ts'
import { number, table, thousands } from '../table.ts'
import { present } from '../timed.ts'
import { blocksOf } from './blocks.ts'
import { Ground } from './ground.ts'
import { door, doorProfile, endToEnd, engine, freshness, kcat, naive, produce, store, type Took } from './stages.ts'

const LINES = 1_000
/** 20 seconds at 10,000 rows a second. */
const FRESH_ROWS = 200_000

/** End to end takes so many times the rows: what the last blocks wait for weighs less. */
const LONGER = 3

/** Rows a second through Kafka and a ClickHouse server: each stage alone, beside what people would use instead, then all of it. */
export const pipeline: Bench = {
  name: 'pipeline',
  async *figures(size) {
    const rows = Math.max(size.rows, LINES)
    const runs: (readonly Stage[])[] = []
    // Alternating: what the machine does meanwhile meets all of them. Each run has a broker of its own.
    for (let run = 0; run < size.runs; run += 1) {
      const stages = await onGround(ground => stagesOf(ground, rows))
      if (stages === undefined) return
      runs.push(stages)
    }
    const spent = await onGround(ground => doorProfile(ground, bodiesOf(2 * rows, LINES, systemClock.now())))
    for (const [index, { name }] of (runs[0] ?? []).entries()) {
      const took = runs.flatMap(stages => stages[index] ?? [])
      yield figureOf(name, rows, took, name === DOOR ? (spent ?? []) : [])
    }
    const ages = await onGround(ground => freshness(ground, bodiesOf(FRESH_ROWS, 100, systemClock.now()), 0, 10))
    if (ages !== undefined) yield freshnessFigure(ages)
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
    const whole = figures.find(({ name }) => name === WHOLE)
    const spent = figures.find(({ name }) => name === DOOR)?.notes ?? []
    return [
      'One real Kafka broker a run, a ClickHouse server (the embedded engine behind its HTTP interface), `lastcall ingest` and `lastcall store`, and whatever sends, all on the same cores; bodies of 1,000 nginx JSON lines of 400 B, compressed beforehand. Collectors and a whole way have taken as many rows before the run; the stores begin cold. CPU is that of the processes named: collectors; sender; store with server; the engine’s process; collector, store and server. The broker’s is in none of them. The naive consumer inserts a batch and commits its offset; the Kafka engine reads the same blocks into the same tables and views. Neither keeps a row from counting twice.',
      table('| stage | rows a run | runs | k rows/s | CPU-s/M |', rows),
      `Where the collector’s main thread spends its busy time (one more run under V8’s profiler, its start included): ${spent.join(', ')}.`,
      ...(whole === undefined
        ? []
        : [
            `Of the CPU-seconds end to end: ${PARTS.map(part => `${part} ${measured(whole, part).median.toFixed(1)}`).join(', ')}. An insert into all tables and views costs the server 70 to 200 ms whatever it holds, half of it the file system’s (a part is a dozen files): what larger ranges save, fewer partitions would save, too.`,
          ]),
      ...(fresh === undefined
        ? []
        : [
            `Freshness at 10,000 rows/s, from sending a body to its being counted: median ${measured(fresh, 'median s').median.toFixed(2)} s, p95 ${measured(fresh, 'p95 s').median.toFixed(2)} s.`,
          ]),
    ]
  },
}

const DOOR = 'door → Kafka'
const WHOLE = 'end to end'
/** The processes of a whole way, as `endToEnd` measures them. */
const PARTS = ['collector', 'store', 'server']

/** One stage of one run, as if it had taken `rows` rows. */
interface Stage extends Took {
  readonly name: string
}

async function onGround<T>(work: (ground: Ground) => Promise<T>): Promise<T | undefined> {
  const ground = await Ground.open()
  try {
    return ground === undefined ? undefined : await work(ground)
  } finally {
    await ground?.end()
  }
}

async function stagesOf(ground: Ground, rows: number): Promise<readonly Stage[]> {
  const began = systemClock.now()
  let made = 0
  // Each set of its own instant: an equal body would be a repeat.
  const bodies = (count: number): Body[] => {
    made += 1
    return bodiesOf(count, LINES, began - made)
  }
  const stages: Stage[] = []
  const note = (name: string, { seconds, cpu, each = [] }: Took, taken = rows): void => {
    const share = rows / taken
    stages.push({ name, seconds: seconds * share, cpu: cpu * share, each: each.map(one => one * share) })
  }
  note(DOOR, await door(ground, bodies(rows), bodies(rows), 1))
  note(`${DOOR}: two collectors`, await door(ground, bodies(rows), bodies(rows), 2))
  const onTopic = 4 * rows
  const plain = bodies(rows)
  note('produce', await produce(ground, await blocksOf(plain, await ground.configuration())))
  if (await present('kcat')) note('produce: kcat -z zstd', await kcat(ground, plain))
  note('Kafka → ClickHouse', await store(ground, onTopic, 'store'), onTopic)
  note('Kafka → ClickHouse: naive consumer', await naive(ground, onTopic, 'naive'), onTopic)
  note('Kafka → ClickHouse: Kafka engine', await engine(ground, onTopic, 'engine'), onTopic)
  const longer = LONGER * rows
  note(WHOLE, await endToEnd(ground, bodies(longer), bodies(longer), onTopic, 'end'), longer)
  return stages
}

/** CPU-seconds per million rows, of one process where several are measured. */
function perMillion(rows: number, took: readonly Took[], cpu: (one: Took) => number) {
  return spread(took.map(one => (cpu(one) / rows) * 1e6))
}

function figureOf(name: string, rows: number, took: readonly Took[], notes: readonly string[]): Figure {
  const parts = name === WHOLE ? PARTS : []
  return {
    bench: 'pipeline',
    name,
    runs: took.length,
    input: { rows },
    measures: {
      'rows/s': spread(took.map(({ seconds }) => rows / seconds)),
      'CPU-s/M': perMillion(rows, took, ({ cpu }) => cpu),
      ...Object.fromEntries(
        parts.map((part, index) => [part, perMillion(rows, took, ({ each }) => each?.[index] ?? Number.NaN)]),
      ),
    },
    notes,
  }
}

function freshnessFigure(ages: readonly number[]): Figure {
  const at = (share: number): Figure['measures'][string] =>
    spread([ages[Math.floor(ages.length * share)] ?? Number.NaN])
  return {
    bench: 'pipeline',
    name: 'freshness',
    runs: 1,
    input: { rowsPerSecond: 10_000, bodies: ages.length },
    measures: { 'median s': at(0.5), 'p95 s': at(0.95) },
    notes: [],
  }
}
