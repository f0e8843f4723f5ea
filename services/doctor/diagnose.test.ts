import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { SourceFacts } from '../domain/source-facts.ts'
import { diagnose, RULES } from './diagnose.ts'
import type { Examined, ExaminedSource } from './examined.ts'

const WELL: SourceFacts = {
  calls: 1_000,
  letIn: 990,
  nobody: 20,
  inferred: 10,
  well: 940,
  networks: 40,
  weight: 1,
  alike: 0,
  lagMedian: 1,
  lagP95: 4,
  ahead: 0,
  templates: [],
  hops: [],
}
const SOURCE: ExaminedSource = { id: 'edge', format: 'auto', zone: 'UTC', key: null, trustedHeaders: [], door: 'http' }

interface Over {
  readonly facts?: Partial<SourceFacts>
  readonly source?: Partial<ExaminedSource>
  readonly tallies?: Examined['tallies']
}

const found = ({ facts, source, tallies = [{ outcome: 'call', reason: '', lines: 1_000 }] }: Over): string[] =>
  diagnose({ source: { ...SOURCE, ...source }, facts: { ...WELL, ...facts }, tallies, seconds: 60 }).map(
    ({ rule, level }) => `${level} ${rule}`,
  )

t.test('a healthy source has no finding', async t => {
  t.strictSame(found({}), [])
})

t.test('each fault is found, and nothing else with it', async t => {
  const dropped = (reason: string, lines: number) => [
    { outcome: 'call', reason: '', lines: 100 },
    { outcome: 'dropped', reason, lines },
  ]
  const none = { calls: 0, letIn: 0, nobody: 0, inferred: 0, well: 0, networks: 0 }
  const cases: readonly (readonly [string, Over])[] = [
    ['error nothing-arrives', { tallies: [], facts: none }],
    [
      'error unparsed-lines',
      { tallies: [...dropped('subrequest', 3), { outcome: 'unparsed', reason: 'not-json', lines: 50 }] },
    ],
    [
      'warning unparsed-lines',
      { tallies: [...dropped('subrequest', 3), { outcome: 'unparsed', reason: 'not-json', lines: 1 }] },
    ],
    ['error dropped-lines', { tallies: dropped('no-host', 60) }],
    ['warning dropped-lines', { tallies: dropped('queue-full', 1) }],
    ['error clock-skew', { facts: { lagMedian: 7_202, lagP95: 7_204 } }],
    ['error clock-skew', { facts: { lagMedian: -3_599, lagP95: -3_590, ahead: 3_600 } }],
    ['warning clock-skew', { facts: { ahead: 40 } }],
    ['error no-identity', { facts: { nobody: 980 } }],
    ['error second-hop', { facts: { hops: [{ source: 'inner', calls: 900 }] } }],
    ['warning unknown-templates', { facts: { inferred: 400, templates: [{ operation: 'GET /x/{}', calls: 400 }] } }],
    ['warning sampled', { facts: { weight: 10 } }],
    ['warning only-success', { facts: { well: 1_000 } }],
    ['warning late-lines', { facts: { lagMedian: 500, lagP95: 1_800 } }],
    ['warning one-network', { facts: { networks: 1 } }],
    ['warning trusted-header-open', { source: { trustedHeaders: ['x-consumer-id'] } }],
    ['warning alike-bodies', { facts: { alike: 900 } }],
  ]
  for (const [finding, over] of cases) t.strictSame(found(over), [finding])
  const proven = new Set(cases.map(([finding]) => finding.split(' ')[1]))
  t.strictSame(
    [...RULES.keys()].filter(rule => !proven.has(rule)),
    [],
    'no rule is without its proof',
  )
})

t.test('what is rightly so is no finding', async t => {
  t.strictSame(found({ tallies: [{ outcome: 'dropped', reason: 'other-hop', lines: 500 }] }), [])
  t.strictSame(found({ facts: { alike: 900 }, source: { door: 'file' } }), [], 'a file has positions')
  t.strictSame(
    found({ facts: { calls: 5, letIn: 5, nobody: 5, inferred: 5, well: 5, networks: 1 } }),
    [],
    'too few to say',
  )
})

t.test('every rule is explained in the docs', async t => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/sources.md'), 'utf8')
  const rules = page.slice(page.indexOf('| rule |'))
  const told = [...rules.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, rule]) => rule)
  t.strictSame(told, [...RULES.keys()])
})
