import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { systemClock } from '../services/platform/clock.ts'
import type { Bench } from './bench.ts'
import { type Figure, measured, spread } from './figure.ts'
import { nginxLine } from './lines.ts'
import { PlainSender } from './plain-sender.ts'
import { number, table } from './table.ts'
import { BenchedUp } from './up.ts'

const CONFIG = `sources:
  - { id: edge, format: nginx-json, key: { header: x-api-key } }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], operations: ["GET /v1/orders/{id}"] }
`
/** Nothing moved for so long: something is wrong. */
const PATIENCE_MS = 60_000

/** So many uploads a second, of so many records each, for so long, over so many connections. */
export interface Load {
  readonly rate: number
  readonly records: number
  readonly seconds: number
  readonly connections: number
}

interface Run {
  readonly rate: number
  readonly latencies: readonly number[]
  readonly refused: number
  readonly stored: number
  readonly rss: number
}

/** Uploads at a steady rate, as many small senders or a few large ones make them; all must be stored in the end. */
export const uploads: Bench = {
  name: 'uploads',
  async *figures(size) {
    const seconds = size.rows < 1_000 ? 0.2 : size.rows < 100_000 ? 5 : 20
    const small = size.rows < 1_000 ? 100 : 10_000
    const loads: readonly Load[] = [
      { rate: small, records: 1, seconds, connections: 64 },
      { rate: 20, records: size.rows < 1_000 ? 50 : 5_000, seconds, connections: 8 },
    ]
    for (const load of loads) yield figureOf(load, await once(load))
  },
  section(figures) {
    const rows = figures.map(figure => [
      `${figure.input.rate}/s of ${figure.input.records} records, ${figure.input.connections} connections`,
      `${figure.input.uploads}`,
      `${Math.round(measured(figure, 'uploads/s').median)}`,
      ...['p50 ms', 'p95 ms', 'p99 ms'].map(name => measured(figure, name).median.toFixed(1)),
      number(measured(figure, 'RSS MB')),
      `${figure.input.refused}`,
      `${figure.input.stored} of ${(figure.input.uploads ?? 0) * (figure.input.records ?? 0)}`,
    ])
    return [
      '`lastcall up` in a process of its own on an empty data folder; one sender process on the same machine, so that both share the cores, starts an upload at its time whether or not those before it were answered, as long as a connection is free. Latency is from the time an upload was due to its 200, durable on the topic. RSS is looked at four times a second. *Stored* is what `/api/v1/totals` counts in the end; *refused* is how often 503 or 429 made the sender come again.',
      table(
        '| load | uploads | reached uploads/s | p50 ms | p95 ms | p99 ms | RSS MB | refused | records stored |',
        rows,
      ),
    ]
  },
}

async function once(load: Load): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'lastcall-bench-'))
  const config = join(folder, 'lastcall.yaml')
  await writeFile(config, CONFIG)
  const up = new BenchedUp(['--config', config, '--data', join(folder, 'data'), '--port', '0'])
  try {
    const { url, pid } = await up.start()
    const memory = watchMemory(pid)
    const sent = await push(url, load)
    const stored = await settled(url, load.rate * load.seconds * load.records)
    return { ...sent, stored, rss: await memory.most() }
  } finally {
    await up.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function push(url: string, load: Load): Promise<Omit<Run, 'stored' | 'rss'>> {
  const total = Math.round(load.rate * load.seconds)
  const latencies: number[] = []
  const wall = systemClock.now()
  const began = performance.now()
  let refused = 0
  let next = 0
  const sender = async (): Promise<void> => {
    const to = new PlainSender(url, '/ingest/edge')
    for (let upload = next++; upload < total; upload = next++) {
      const due = began + (upload / load.rate) * 1000
      const early = due - performance.now()
      if (early > 1) await delay(early)
      const lines: string[] = []
      for (let record = 0; record < load.records; record++)
        lines.push(nginxLine(upload * load.records + record, wall + upload))
      const body = lines.join('\n')
      for (let status = await to.post(body); status !== 200; status = await to.post(body)) {
        if (status !== 503 && status !== 429) throw new Error(`answered ${status}`)
        refused += 1
        await delay(100)
      }
      latencies.push(performance.now() - due)
    }
    to.end()
  }
  await Promise.all(Array.from({ length: load.connections }, sender))
  const seconds = (performance.now() - began) / 1000
  return { rate: total / seconds, latencies: latencies.sort((a, b) => a - b), refused }
}

/** Rows stored, once they are as many as were sent; throws when they stay fewer or become more. */
async function settled(url: string, rows: number): Promise<number> {
  let before = -1
  let moved = performance.now()
  for (;;) {
    const { total } = (await (await fetch(`${url}/api/v1/totals`)).json()) as { readonly total: number }
    if (total > rows) throw new Error(`${total} rows stored of ${rows} sent`)
    if (total === rows) return total
    if (total !== before) moved = performance.now()
    if (performance.now() - moved > PATIENCE_MS) throw new Error(`only ${total} of ${rows} rows were stored`)
    before = total
    await delay(100)
  }
}

/** Resident memory of a process in MB, the most that was seen; NaN where there is no /proc. */
function watchMemory(pid: number): { most(): Promise<number> } {
  let most = Number.NaN
  const stopped = new AbortController()
  const look = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
      const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
      if (!Number.isNaN(kilobytes)) most = Math.max(Number.isNaN(most) ? 0 : most, kilobytes / 1000)
      await delay(250, undefined, { signal: stopped.signal }).catch(() => {})
    }
  }
  const looking = look()
  return {
    async most() {
      stopped.abort()
      await looking
      return most
    },
  }
}

function figureOf(load: Load, run: Run): Figure {
  const at = (share: number) => spread([run.latencies[Math.floor(run.latencies.length * share)] ?? Number.NaN])
  return {
    bench: 'uploads',
    name: `${load.rate} uploads/s of ${load.records} records`,
    runs: 1,
    input: { ...load, uploads: Math.round(load.rate * load.seconds), refused: run.refused, stored: run.stored },
    measures: {
      'uploads/s': spread([run.rate]),
      'p50 ms': at(0.5),
      'p95 ms': at(0.95),
      'p99 ms': at(0.99),
      'RSS MB': spread([run.rss]),
    },
    notes: [],
  }
}
