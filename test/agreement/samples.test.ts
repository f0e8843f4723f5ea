import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { run } from '../../services/cli/run.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { LOGS } from '../read-sample.ts'
import { installation } from '../running.ts'
import { SAMPLES } from '../sample-table.ts'
import type { Sample } from '../samples/sample.ts'

interface Sums {
  lines: number
  calls: number
  unparsed: number
  dropped: Record<string, number>
}

const sumOf = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0)
/** Reasons that stand with 0 in one and not at all in the other are the same. */
const sumsOf = ({ lines, calls, unparsed, dropped }: Sums): Sums => ({
  lines,
  calls,
  unparsed,
  dropped: Object.fromEntries(
    Object.entries(dropped)
      .filter(([, n]) => n > 0)
      .sort(),
  ),
})
const expectedOf = (sample: Sample): Sums =>
  sumsOf({ lines: sample.lines, calls: sample.calls, unparsed: sumOf(sample.unparsed), dropped: { ...sample.dropped } })
const pathOf = (file: string): string => fileURLToPath(new URL(file, LOGS))

/** What one command prints as JSON. */
async function printed(...argv: readonly string[]): Promise<Sums> {
  const out: string[] = []
  const err: string[] = []
  const status = await run(argv, {
    stdout: text => void out.push(text),
    stderr: text => void err.push(text),
    stderrIsTerminal: false,
    stdin: (async function* () {})(),
    clock: systemClock,
    environment: {},
    signal: new AbortController().signal,
  })
  if (status !== 0) throw new Error(`exit ${status}: ${err.join('')}`)
  return sumsOf(JSON.parse(out.join('')) as Sums)
}

const CATALOGUE = `sources:
  - { id: imported, format: auto, realm: auto }
apis:
  - { id: all, policy: scale, hosts: ["*"], support: help@partner.example }
`

t.test('analyze, import and POST say the same of every sample, and sources_hourly holds it', async t => {
  const here = await installation(t, CATALOGUE)
  const total: Sums = { lines: 0, calls: 0, unparsed: 0, dropped: {} }
  for (const sample of SAMPLES) {
    const file = pathOf(sample.file)
    const expected = expectedOf(sample)
    t.strictSame(
      await printed('analyze', file, '--json', '--catalogue', join(here.data, '../lastcall.yaml')),
      expected,
      `analyze ${sample.file}`,
    )
    t.strictSame(
      await printed('import', file, '--json', '--source', 'imported', '--url', here.url),
      expected,
      `import ${sample.file}`,
    )
    const response = await here.post('auto', readFileSync(file), { 'idempotency-key': sample.file })
    t.equal(response.status, 200)
    t.strictSame(sumsOf((await response.json()) as Sums), expected, `POST ${sample.file}`)
    total.lines += expected.lines
    total.calls += expected.calls
    total.unparsed += expected.unparsed
    for (const [reason, n] of Object.entries(expected.dropped)) total.dropped[reason] = (total.dropped[reason] ?? 0) + n
  }
  for (const source of ['auto', 'imported']) {
    const tallies = await here.tallies(source)
    t.equal(tallies.call, total.calls, `calls of ${source} in sources_hourly`)
    t.equal(
      sumOf(Object.fromEntries(Object.entries(tallies).filter(([name]) => name.startsWith('unparsed')))),
      total.unparsed,
    )
    for (const [reason, n] of Object.entries(total.dropped)) t.equal(tallies[`dropped:${reason}`], n, reason)
    t.equal(sumOf(tallies), total.lines, 'every line is accounted for')
  }
  const before = await here.tallies('imported')
  for (const { file } of SAMPLES)
    await printed('import', pathOf(file), '--json', '--source', 'imported', '--url', here.url)
  t.strictSame(await here.tallies('imported'), before, 'importing every file again adds nothing')
  // Of all tables the one without a horizon: some samples are older than the others keep.
  t.strictSame(await here.rows('SELECT toUInt32(sum(calls)) AS n FROM usage_ever'), [{ n: 2 * total.calls }])
})
