import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import t from 'tap'

const ROWS = 40
const CHILD = `${import.meta.dirname}/crash.child.ts`
const folder = t.testdir({})

interface Run {
  readonly acked: number
  readonly signal: NodeJS.Signals | null
  readonly last: string
}

async function run(from: number, to: number, step: string, times = 1, delay = 0): Promise<Run> {
  const words = [CHILD, folder, from, to, step, times, delay].map(String)
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  let acked = from
  let last = ''
  const lines = createInterface({ input: child.stdout })
  lines.on('line', line => {
    last = line
    if (line.startsWith('acked ')) acked = Number(line.slice(6)) + 1
  })
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { acked, signal, last }
}

/** Where the process dies, at which passing, and how long after it: the delay lands inside the next statement. */
const KILLS: readonly (readonly [string, number, number])[] = [
  ['pin:before', 2, 0],
  ['pin:after', 1, 0],
  ['calls_in:before', 2, 3],
  ['calls_in:before', 1, 12],
  ['calls_in:before', 2, 30],
  ['calls_in:after', 1, 0],
  ['tallies_in:before', 2, 6],
  ['tallies_in:after', 1, 0],
  ['uploads:before', 1, 8],
  ['uploads:after', 2, 0],
  ['commit:before', 1, 0],
  ['commit:after', 2, 0],
  ['calls_in:before', 1, 60],
  ['calls_probe:after', 1, 0],
]

t.setTimeout(280_000)

t.test('killed at every step of a range, again and again, each row stands once in every table', async t => {
  let next = 0
  for (const [step, times, delay] of KILLS) {
    // An upload whose acknowledgement was lost is sent again, as its sender would.
    const { acked, signal } = await run(next, next + 6, step, times, delay)
    t.equal(signal, 'SIGKILL', `${step}, ${delay} ms later, after upload ${acked}`)
    next = acked
  }
  const end = await run(next, next + 5, '')
  const uploads = end.acked
  const poison = Math.ceil(uploads / 7)
  const stored = uploads * ROWS - poison
  const sums = JSON.parse(end.last)
  t.strictSame(sums, {
    calls: stored,
    distinct: stored,
    origins: stored,
    daily: stored,
    ever: stored,
    consumers: stored,
    headers: stored,
    identities: sums.keyed,
    keyed: sums.keyed,
    tallied: stored,
    dropped: uploads * 2,
    deadLines: poison,
    deadLetters: poison,
    sightings: sums.ends,
    ends: sums.ends,
  })
  t.ok(sums.ends > uploads, 'some blocks came twice')
})
