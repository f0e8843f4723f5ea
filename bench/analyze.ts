import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench } from './bench.ts'
import { combinedLines, writeLog } from './combined-log.ts'
import { type Figure, measured, type Spread, spread } from './figure.ts'
import { analyzeHits, differences, goaccessHits } from './hits.ts'
import { linesOf } from './lines.ts'
import { inWords, profiled } from './profile.ts'
import type { Size } from './size.ts'
import { number, table, thousands } from './table.ts'
import { present, type Taken, timed } from './timed.ts'

const BIN = join(import.meta.dirname, '../services/cli/lastcall.js')
const AIM = 2.5

/** `lastcall analyze` as a whole process, beside goaccess on the same file in the same run. */
export const analyze: Bench = {
  name: 'analyze',
  async *figures(size) {
    const folder = await mkdtemp(join(tmpdir(), 'lastcall-bench-'))
    try {
      yield* combined(folder, size)
      yield await kong(folder, size)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
  section,
}

async function* combined(folder: string, size: Size): AsyncGenerator<Figure> {
  const file = join(folder, 'access.log')
  const bytes = await writeLog(file, combinedLines(size.fileLines), size.fileLines)
  const ours = join(folder, 'analyze.json')
  const theirs = join(folder, 'goaccess.json')
  const peer = await present('goaccess')
  const ourRuns: Taken[] = []
  const peerRuns: Taken[] = []
  for (let run = 0; run < size.runs; run++) {
    ourRuns.push(await timed([process.execPath, BIN, 'analyze', file, '--json'], ours))
    if (peer) peerRuns.push(await timed(goaccess(file, theirs)))
  }
  const shares = await profiled(folder, [BIN, 'analyze', file, '--json'])
  yield figureOf('combined, lastcall analyze', ourRuns, size.fileLines, bytes, inWords(shares))
  if (!peer) return
  const differ = differences(await analyzeHits(ours), await goaccessHits(theirs))
  const notes = differ.length === 0 ? ['equal hit counts for every method and path'] : differ
  yield figureOf('combined, goaccess', peerRuns, size.fileLines, bytes, notes)
}

/** What a person would run; query strings are left off as `analyze` leaves them off. */
const goaccess = (file: string, out: string): string[] => [
  'goaccess',
  file,
  '--log-format=COMBINED',
  '--no-global-config',
  '--no-query-string',
  '--no-progress',
  '-o',
  out,
]

async function kong(folder: string, size: Size): Promise<Figure> {
  const file = join(folder, 'kong.ndjson')
  const { make } = await linesOf('kong')
  const bytes = await writeLog(file, make, size.kongLines)
  const taken: Taken[] = []
  for (let run = 0; run < size.runs; run++) taken.push(await timed([process.execPath, BIN, 'analyze', file, '--json']))
  return figureOf('kong, lastcall analyze', taken, size.kongLines, bytes, [])
}

function figureOf(
  name: string,
  taken: readonly Taken[],
  lines: number,
  bytes: number,
  notes: readonly string[],
): Figure {
  return {
    bench: 'analyze',
    name,
    runs: taken.length,
    input: { lines, bytesPerLine: Math.round(bytes / lines) },
    measures: {
      'lines/s': spread(taken.map(({ wall }) => lines / wall)),
      'MB/s': spread(taken.map(({ wall }) => bytes / wall / 1e6)),
      'CPU-s/M': spread(taken.map(({ cpu }) => (cpu / lines) * 1e6)),
    },
    notes,
  }
}

function section(figures: readonly Figure[]): readonly string[] {
  const rows = figures.map(figure => [
    figure.name,
    `${figure.input.lines} × ${figure.input.bytesPerLine} B`,
    `${figure.runs}`,
    thousands(measured(figure, 'lines/s')),
    number(measured(figure, 'MB/s')),
    number(measured(figure, 'CPU-s/M')),
  ])
  const [ours, theirs] = ['combined, lastcall analyze', 'combined, goaccess'].map(name =>
    figures.find(figure => figure.name === name),
  )
  return [
    'Whole processes, start to end, on a file that was just written; runs of the two programs alternate. CPU is user and system time of the process with all its threads. goaccess runs as a person would run it (`--log-format=COMBINED --no-query-string -o FILE.json`), so it fills all its panels; `analyze` has no catalogue. Paths of the combined log hold no ids, so that a path is its own template and hits can be compared.',
    table('| program | input | runs | k lines/s | MB/s | CPU-s/M |', rows),
    ...(ours === undefined || theirs === undefined ? ['goaccess was not installed here.'] : beside(ours, theirs)),
  ]
}

function beside(ours: Figure, theirs: Figure): string[] {
  const ratio = (name: string): number => measured(ours, name).median / measured(theirs, name).median
  const wall = ratio('lines/s')
  const cpu = 1 / ratio('CPU-s/M')
  const aim = wall >= AIM ? 'reached' : '**not reached**'
  const floor = range(measured(ours, 'lines/s'), measured(theirs, 'lines/s'))
  return [
    `\`analyze\` against goaccess, same file, same run: ${wall.toFixed(2)} × its lines a second (worst against best to best against worst: ${floor}), and ${cpu.toFixed(2)} × its lines in a CPU second. Aim: ≥ ${AIM} × lines a second: ${aim}.`,
    `Where the main thread of \`analyze\` spends its busy time on this file (one more run under V8's profiler): ${ours.notes.join(', ')}.`,
    `Hits per method and path: ${theirs.notes.join('; ')}.`,
  ]
}

const range = (a: Spread, b: Spread): string => `${(a.min / b.max).toFixed(2)}–${(a.max / b.min).toFixed(2)}`
