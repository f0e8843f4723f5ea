import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../services/platform/clock.ts'
import type { Bench } from './bench.ts'
import { type Figure, measured, spread } from './figure.ts'
import { cpuOf } from './pipeline/cpu.ts'
import { bodiesOf, push, SENDERS } from './push.ts'
import { number, table, thousands } from './table.ts'
import { BenchedUp } from './up.ts'

const CONFIG = `sources:
  - { id: edge, format: nginx-json, key: { header: x-api-key } }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], operations: ["GET /v1/orders/{id}"] }
`
const POLL_MS = 100
/** Nothing moved for so long: something is wrong. */
const PATIENCE_MS = 60_000

interface Run {
  readonly seconds: number
  readonly acknowledged: number
  readonly cpu: number
}

/** Rows a second through everything in one process: door, parser, topic on disk, ClickHouse with all its views. */
export const embedded: Bench = {
  name: 'embedded',
  async *figures(size) {
    for (const lines of size.rows < 1_000 ? [10] : [1_000, 5_000]) {
      const taken: Run[] = []
      const bodies = bodiesOf(size.rows, lines, systemClock.now())
      for (let run = 0; run < size.embeddedRuns; run++) taken.push(await once(bodies, size.rows))
      yield figureOf(lines, size.rows, bodies, taken)
    }
  },
  section(figures) {
    const rows = figures.map(figure => [
      `${figure.input.linesPerBody} lines, ${Math.round((figure.input.bodyBytes ?? 0) / 1000)} kB, gzip ${Math.round((figure.input.gzipBytes ?? 0) / 1000)} kB`,
      `${figure.input.rows}`,
      `${figure.runs}`,
      thousands(measured(figure, 'stored rows/s')),
      thousands(measured(figure, 'acknowledged rows/s')),
      figure.measures['CPU-s/M'] === undefined ? 'unknown here' : number(measured(figure, 'CPU-s/M')),
    ])
    return [
      `\`lastcall up\` in a process of its own on an empty data folder; ${SENDERS} senders in another process on the same machine push bodies of nginx JSON lines of 400 B, compressed beforehand. *Acknowledged*: until the last 200 (durable on the topic). *Stored*: until \`/api/v1/totals\` counts every row, all rollups with it. CPU is that of the process, from the first body until everything is stored; what the sender uses is not in it, but it shares the cores. Nothing warms the process up, so a short run (\`--quick\`) also measures its first seconds.`,
      table('| body | rows a run | runs | k rows/s stored | k rows/s acknowledged | CPU-s/M |', rows),
    ]
  },
}

async function once(bodies: readonly { readonly gzip: Buffer }[], rows: number): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'lastcall-bench-'))
  const config = join(folder, 'lastcall.yaml')
  await writeFile(config, CONFIG)
  const up = new BenchedUp(['--config', config, '--data', join(folder, 'data'), '--port', '0'])
  try {
    const { url, pid } = await up.start()
    const before = await cpuOf(pid)
    const started = performance.now()
    await push(url, bodies)
    const acknowledged = performance.now() - started
    await stored(url, rows)
    const seconds = (performance.now() - started) / 1000
    return { seconds, acknowledged: acknowledged / 1000, cpu: (await cpuOf(pid)) - before }
  } finally {
    await up.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function stored(url: string, rows: number): Promise<void> {
  let before = -1
  let moved = performance.now()
  for (;;) {
    const { total } = (await (await fetch(`${url}/api/v1/totals`)).json()) as { readonly total: number }
    if (total > rows) throw new Error(`${total} rows stored of ${rows} sent`)
    if (total === rows) return
    if (total !== before) moved = performance.now()
    if (performance.now() - moved > PATIENCE_MS) throw new Error(`only ${total} of ${rows} rows were stored`)
    before = total
    await delay(POLL_MS)
  }
}

function figureOf(
  linesPerBody: number,
  rows: number,
  bodies: readonly { readonly plain: number; readonly gzip: Buffer }[],
  taken: readonly Run[],
): Figure {
  const [first] = bodies
  const cpu = taken.map(run => (run.cpu / rows) * 1e6).filter(value => !Number.isNaN(value))
  return {
    bench: 'embedded',
    name: `bodies of ${linesPerBody} lines`,
    runs: taken.length,
    input: { rows, linesPerBody, bodyBytes: first?.plain ?? 0, gzipBytes: first?.gzip.length ?? 0 },
    measures: {
      'stored rows/s': spread(taken.map(run => rows / run.seconds)),
      'acknowledged rows/s': spread(taken.map(run => rows / run.acknowledged)),
      ...(cpu.length === 0 ? {} : { 'CPU-s/M': spread(cpu) }),
    },
    notes: [],
  }
}
