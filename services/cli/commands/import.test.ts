import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { constants, gzipSync } from 'node:zlib'
import t from 'tap'
import { type Installation, installation, jsonLine } from '../../../test/running.ts'
import { systemClock } from '../../platform/clock.ts'
import { importFiles } from './import.ts'

let here: Installation
t.before(async () => {
  const sources = ['piped', 'live', 'long', 'cut'].map(id => `  - { id: ${id}, format: auto }`)
  here = await installation(
    t,
    `sources:\n${sources.join('\n')}\napis:\n  - { id: partner, policy: scale, hosts: [api.partner.example] }\n`,
  )
})

async function run(source: string, positionals: readonly string[], stdin: AsyncIterable<Buffer>): Promise<object> {
  let out = ''
  const status = await importFiles.run({
    values: { source, json: true, url: here.url, data: here.data },
    positionals,
    stdout: text => {
      out += text
    },
    stderr: text => t.comment(text),
    stderrIsTerminal: false,
    stdin,
    clock: systemClock,
    environment: {},
    signal: AbortSignal.timeout(60_000),
  })
  t.equal(status, 0)
  return JSON.parse(out) as object
}

async function* of(...chunks: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk)
}

t.test('standard input is taken as it comes, packed or not, cut anywhere, and counts at each run', async t => {
  const lines = Array.from({ length: 2_500 }, () => jsonLine()).join('\n')
  const sums = { lines: 2_500, calls: 2_500, unparsed: 0, dropped: {} }
  t.strictSame(await run('piped', ['-'], of(lines.slice(0, 777), lines.slice(777))), sums)
  t.strictSame(await run('piped', ['-'], of(gzipSync(lines))), sums, 'a second run counts again')
  t.strictSame(await run('piped', ['-'], of(`${jsonLine()}\nno log line`)), {
    ...sums,
    lines: 2,
    calls: 1,
    unparsed: 1,
  })
  t.equal(await here.calls('piped'), 5_001)
})

t.test('what a pipe has brought is stored before it brings more', async t => {
  let first = -1
  const pipe = async function* (): AsyncGenerator<Buffer> {
    yield Buffer.from(`${jsonLine()}\n`)
    for (let tries = 0; first !== 1 && tries < 200; tries += 1) {
      await delay(20)
      first = await here.calls('live')
    }
    yield Buffer.from(`${jsonLine()}\n`)
  }
  t.match(await run('live', ['-'], pipe()), { lines: 2, calls: 2 })
  t.equal(first, 1)
})

t.test('a record that is too long is no call in a file that is imported, as it is none elsewhere', async t => {
  // Its head alone could be read as a request that was cut.
  const long = jsonLine({ ua: 'x'.repeat(1_100_000) })
  const file = join(t.testdir(), 'access.log')
  writeFileSync(file, `${jsonLine()}\n${long}\n${jsonLine()}\n`)
  const sums = { lines: 3, calls: 2, unparsed: 1, dropped: {} }
  t.strictSame(await run('long', [file], of()), sums)
  t.strictSame(await (await here.post('long', `${jsonLine()}\n${long}\n${jsonLine()}\n`)).json(), sums)
})

t.test(
  'an archive that was cut and a file of what stands in it are two files: neither hides a line of the other',
  async t => {
    const folder = t.testdir()
    const [packed, plain] = [join(folder, 'access.log.gz'), join(folder, 'access.log')]
    const text = `${jsonLine()}\n${jsonLine()}\n${'half a line '.repeat(20)}`
    writeFileSync(plain, text)
    writeFileSync(packed, gzipSync(text, { finishFlush: constants.Z_SYNC_FLUSH }))
    for (const file of [packed, plain])
      t.match(await run('cut', [file], of()), { lines: 3, calls: 2, unparsed: 1 }, file)
    const tallies = await here.tallies('cut')
    t.equal(tallies.call, 4)
    t.equal(
      Object.values(tallies).reduce((sum, lines) => sum + lines, 0),
      6,
      'nothing was set aside',
    )
  },
)

// Stops the installation: it would keep the process alive.
t.end()
