import { UsageTable } from '../ingest/analyze/usage-table.ts'
import { createParser } from '../ingest/parse/parser.ts'
import { type LogRecord, RecordSplitter } from '../ingest/records/split.ts'
import { defaultSource } from '../services/config/open-catalogue.ts'
import type { Outcome } from '../services/domain/outcome.ts'
import type { RawCall } from '../services/domain/raw-call.ts'
import { anyReader, RECEIVED } from '../test/read-sample.ts'
import { type Figure, spread } from './figure.ts'
import { bodyOf, linesOf } from './lines.ts'
import type { Size } from './size.ts'

/** As `analyze` reads a file. */
const CHUNK = 262_144

/** What is done with each record; each stage does what the one before does, and more. */
const STAGES = ['split', 'text', 'json', 'parse', 'analyze'] as const
type Stage = (typeof STAGES)[number]

/** One format through the stages, on this process's one thread. */
export async function measureStages(kind: string, size: Pick<Size, 'lines' | 'bytes' | 'runs'>): Promise<Figure> {
  const { make, from } = await linesOf(kind)
  const body = bodyOf(make, size.lines, size.bytes)
  const json = body[0] === 0x7b
  const lines = onePass('split', body)
  const calls = onePass('parse', body)
  const wall: Record<Stage, number[]> = { split: [], text: [], json: [], parse: [], analyze: [] }
  const cpu: Record<Stage, number[]> = { split: [], text: [], json: [], parse: [], analyze: [] }
  for (const stage of STAGES) {
    if (stage === 'json' && !json) continue
    onePass(stage, body)
    for (let run = 0; run < size.runs; run++) {
      const used = process.cpuUsage()
      const started = performance.now()
      onePass(stage, body)
      wall[stage].push((lines / (performance.now() - started)) * 1000)
      const { user, system } = process.cpuUsage(used)
      cpu[stage].push((user + system) / lines)
    }
  }
  const measures: Record<string, ReturnType<typeof spread>> = {}
  for (const stage of STAGES) {
    if (cpu[stage].length === 0) continue
    measures[`${stage} lines/s`] = spread(wall[stage])
    measures[`${stage} CPU-s/M`] = spread(cpu[stage])
  }
  const input = { lines, bytesPerLine: Math.round(body.length / lines), json: json ? 1 : 0 }
  const odd = calls === lines ? [] : [`${lines - calls} of ${lines} records are no call`]
  return { bench: 'formats', name: kind, runs: size.runs, input, measures, notes: [from, ...odd] }
}

/** Once over the body; the records it has (`split`), or what the stage counted. */
function onePass(stage: Stage, body: Buffer): number {
  const splitter = new RecordSplitter()
  const take = taker(stage)
  let records = 0
  // Summed up, so that no clever engine leaves the work out.
  let counted = 0
  const drain = (): void => {
    for (let record = splitter.read(); record !== undefined; record = splitter.read()) {
      records++
      counted += take(record)
    }
  }
  for (let at = 0; at < body.length; at += CHUNK) {
    splitter.push(body.subarray(at, at + CHUNK))
    drain()
  }
  splitter.end()
  drain()
  return stage === 'split' ? records : counted
}

function taker(stage: Stage): (record: LogRecord) => number {
  switch (stage) {
    case 'split':
      return record => record.end
    case 'text':
      return record => record.bytes.toString('utf8').length
    case 'json':
      return record => (typeof JSON.parse(record.bytes.toString('utf8')) === 'object' ? 1 : 0)
    case 'parse':
      return parsing()
    case 'analyze':
      return analyzing()
  }
}

/** Calls read, one or none a record. */
function parsing(): (record: LogRecord) => number {
  const parser = createParser(defaultSource('auto'))
  let calls = 0
  const count = (_: string, outcome: Outcome<RawCall>): void => {
    if (outcome.kind === 'ok') calls++
  }
  return record => {
    calls = 0
    parser.parse(record, RECEIVED, count)
    return calls
  }
}

function analyzing(): (record: LogRecord) => number {
  const reader = anyReader()
  const table = new UsageTable()
  const count = table.count.bind(table)
  return record => {
    const before = table.calls
    reader.read(record, RECEIVED, count)
    return table.calls - before
  }
}

/** `node bench/stages.ts KIND LINES BYTES RUNS`: one figure as a line of JSON. */
if (import.meta.main) {
  const [kind = '', lines, bytes, runs] = process.argv.slice(2)
  const figure = await measureStages(kind, { lines: Number(lines), bytes: Number(bytes), runs: Number(runs) })
  process.stdout.write(`${JSON.stringify(figure)}\n`)
}
