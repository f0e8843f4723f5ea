import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench } from './bench.ts'
import { type Figure, measured } from './figure.ts'
import { KINDS } from './lines.ts'
import { measureStages } from './stages.ts'
import { number, table, thousands } from './table.ts'

const run = promisify(execFile)
const TEXT_AIM = 200_000
const JSON_AIM = 150_000
/** The aim for JSON is stated for lines of about this size; longer ones are held to the same bytes a second. */
const JSON_BYTES = 400

/** Lines a second of each format, on one core. */
export const formats: Bench = {
  name: 'formats',
  async *figures(size) {
    for (const kind of KINDS) {
      if (!size.apart) {
        yield await measureStages(kind, size)
        continue
      }
      const args = [join(import.meta.dirname, 'stages.ts'), kind, `${size.lines}`, `${size.bytes}`, `${size.runs}`]
      const { stdout } = await run(process.execPath, args, { maxBuffer: 1e7 })
      yield JSON.parse(stdout) as Figure
    }
  },
  section(figures) {
    const rows = figures.map(figure => {
      const aim = aimOf(figure)
      const core = coreLines(figure, 'parse')
      return [
        figure.name,
        figure.notes.join('; '),
        `${figure.input.bytesPerLine}`,
        thousands(measured(figure, 'split lines/s')),
        thousands(measured(figure, 'parse lines/s')),
        number(measured(figure, 'parse CPU-s/M')),
        thousands(measured(figure, 'analyze lines/s')),
        number(measured(figure, 'analyze CPU-s/M')),
        `${Math.round(core / 1000)} / ${Math.round(aim / 1000)}${core < aim ? ' **below**' : ''}`,
      ]
    })
    const below = figures.filter(figure => coreLines(figure, 'parse') < aimOf(figure))
    const clock = figures.filter(figure => measured(figure, 'parse lines/s').median >= aimOf(figure)).length
    return [
      'Records in memory, cut by the splitter in chunks of 256 KB, each format in a process of its own, read as `auto`. *Parsed* is splitter and parser; *analyzed* is everything `lastcall analyze` does with a line (parse, normalise, match, count). Thousands of lines a second by the clock, and CPU seconds (all threads, the garbage collector too) for a million lines. The last column is thousands of lines parsed in one CPU second against the aim: 200 for text, 150 for JSON of 400 B, the same bytes a second for longer JSON.',
      table(
        '| format | lines from | B a line | split k/s | parsed k/s | CPU-s/M | analyzed k/s | CPU-s/M | parsed k per CPU-s / aim |',
        rows,
      ),
      `By the clock, ${clock} of ${figures.length} reached the aim in the median; by CPU seconds, which other work on the machine does not lengthen as much, ${figures.length - below.length}.`,
      ...(below.length === 0
        ? []
        : [
            'Where the time goes in what is below its aim, as differences between the medians of the stages (so a small share may be noise):',
            below.map(where).join('\n'),
          ]),
    ]
  },
}

/** Lines in one CPU second. */
const coreLines = (figure: Figure, stage: string): number => 1e6 / measured(figure, `${stage} CPU-s/M`).median

function aimOf({ input }: Figure): number {
  if (input.json !== 1) return TEXT_AIM
  return JSON_AIM * Math.min(1, JSON_BYTES / (input.bytesPerLine ?? JSON_BYTES))
}

/** Shares of a line's time in the parser, by difference of the stages. */
function where(figure: Figure): string {
  const at = (stage: string): number => measured(figure, `${stage} CPU-s/M`).median
  const whole = at('parse')
  const share = (part: number): string => `${Math.max(0, Math.round((100 * part) / whole))} %`
  const json = figure.input.json === 1
  const before = json ? at('json') : at('text')
  const parsing = json ? `, JSON.parse ${share(at('json') - at('text'))}` : ''
  return `- ${figure.name}: ${whole.toFixed(2)} µs a line: splitter ${share(at('split'))}, bytes to text ${share(at('text') - at('split'))}${parsing}, recognising and reading the fields ${share(whole - before)}.`
}
