import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { systemClock } from '../services/platform/clock.ts'
import type { Bench } from './bench.ts'
import { type Figure, measured, spread } from './figure.ts'
import { nginxLine } from './lines.ts'
import { number, table, thousands } from './table.ts'
import { BenchedUp } from './up.ts'

const CONFIG = `sources:
  - { id: edge, format: nginx-json, key: { header: x-api-key } }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], operations: ["GET /v1/orders/{id}"] }
`
const SENDERS = 4
const POLL_MS = 100
/** Nothing moved for so long: something is wrong. */
const PATIENCE_MS = 60_000
/** A tick of /proc's clock in seconds. */
const TICK = 0.01

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

function bodiesOf(rows: number, lines: number, now: number): { readonly plain: number; readonly gzip: Buffer }[] {
  return Array.from({ length: Math.ceil(rows / lines) }, (_, body) => {
    const from = body * lines
    const text = Array.from({ length: Math.min(lines, rows - from) }, (_, index) =>
      nginxLine(from + index, now - 3_600_000 + from + index),
    ).join('\n')
    return { plain: text.length, gzip: gzipSync(text, { level: 1 }) }
  })
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

async function push(url: string, bodies: readonly { readonly gzip: Buffer }[]): Promise<void> {
  const waiting = bodies.values()
  const sender = async (): Promise<void> => {
    for (const { gzip } of waiting) {
      const headers = { 'content-encoding': 'gzip' }
      for (;;) {
        const response = await fetch(`${url}/ingest/edge`, { method: 'POST', body: new Uint8Array(gzip), headers })
        const answer = await response.text()
        if (response.status === 200) break
        if (response.status !== 503 && response.status !== 429) throw new Error(`${response.status}: ${answer}`)
        await delay(50)
      }
    }
  }
  await Promise.all(Array.from({ length: SENDERS }, sender))
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

/** User and system seconds of a process so far; NaN where there is no /proc. */
async function cpuOf(pid: number): Promise<number> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold blanks: fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * TICK
  } catch {
    return Number.NaN
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
