import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { systemClock } from '../services/platform/clock.ts'
import { analyze } from './analyze.ts'
import type { Bench } from './bench.ts'
import { withSection } from './document.ts'
import { embedded } from './embedded.ts'
import type { Figure } from './figure.ts'
import { formats } from './formats.ts'
import { machine } from './machine.ts'
import { pipeline } from './pipeline/pipeline.ts'
import { FULL, QUICK } from './size.ts'
import { uploads } from './uploads.ts'

const PAGE = new URL('../docs/benchmarks.md', import.meta.url)
/** `formats` brings `analyze` with it: how fast a format is read is judged by both. */
export const BENCHES: ReadonlyMap<string, readonly Bench[]> = new Map([
  ['formats', [formats, analyze]],
  ['analyze', [analyze]],
  ['embedded', [embedded]],
  ['pipeline', [pipeline]],
  ['uploads', [uploads]],
])
const USAGE = `npm run bench [-- NAME …] [--quick] [--write]
  NAME     ${[...BENCHES.keys()].join(', ')}; all when none is named
  --quick  less of everything
  --file-lines N, --runs N  lines of the file that analyze and goaccess read, and how often they do
  --write  puts the figures into docs/benchmarks.md
`

/** Exit 2 for a name that is none; figures go to stdout, a line of JSON each. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean' },
      write: { type: 'boolean' },
      'file-lines': { type: 'string' },
      runs: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  const wrong = positionals.filter(name => !BENCHES.has(name))
  if (values.help === true || wrong.length > 0) {
    process.stderr.write(USAGE)
    process.exitCode = wrong.length > 0 ? 2 : 0
    return
  }
  const names = positionals.length === 0 ? [...BENCHES.keys()] : positionals
  const chosen = new Set(names.flatMap(name => BENCHES.get(name) ?? []))
  const usual = values.quick === true ? QUICK : FULL
  const size = {
    ...usual,
    fileLines: count(values['file-lines']) ?? usual.fileLines,
    runs: count(values.runs) ?? usual.runs,
  }
  const command = ['npm run bench --', ...process.argv.slice(2).filter(word => word !== '--write')].join(' ')
  for (const bench of chosen) {
    const where = machine(systemClock.now())
    const figures: Figure[] = []
    for await (const figure of bench.figures(size)) {
      figures.push(figure)
      process.stdout.write(`${JSON.stringify(figure)}\n`)
    }
    if (values.write === true) writeFileSync(PAGE, withSection(page(), bench, figures, where, command))
  }
}

/** undefined for a flag that was not given, or is no number above nothing. */
function count(text: string | undefined): number | undefined {
  const given = Number(text)
  return Number.isSafeInteger(given) && given > 0 ? given : undefined
}

function page(): string {
  try {
    return readFileSync(PAGE, 'utf8')
  } catch {
    return ''
  }
}

if (import.meta.main) await main()
