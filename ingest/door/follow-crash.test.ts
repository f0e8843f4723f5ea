import type { ChildProcess } from 'node:child_process'
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip, zstdCompress } from 'node:zlib'
import t, { type Test } from 'tap'
import { jsonLine } from '../../test/running.ts'
import type { ChildOptions } from './follow-child.fixture.ts'
import { type Counted, count, kill, sqliteBlocks, startChild } from './follow-tools.fixture.ts'

const LONG = process.env.LASTCALL_LONG === '1'
const packs = { gz: promisify(gzip), zst: promisify(zstdCompress) }

for (const journal of [true, false]) {
  const kept = journal ? 'written before each send' : 'kept by the topic'
  t.test(`positions ${kept}: killed at each step, every line counts once`, async t => {
    const here = await place(t, 'access.log', journal)
    for (const step of ['before-write', 'before-send', 'after-ack']) {
      for (const times of [1, 2]) {
        const child = await here.start({ die: { step, times } })
        await here.write('access.log', 3)
        await delay(60)
        // The file grows while the process is away: cut anew, the range would be a longer one.
        await here.write('access.log', 1_500)
        await ended(child)
        await here.write('access.log', 5)
      }
    }
    await here.start()
    here.same(t, await here.settled())
  })
}

t.test('files of a glob, rotated in all ways while the process is killed: every line counts once', async t => {
  const here = await place(t, '{web,api}*.log*', true)
  let child = await here.start()
  // What was rotated away before a glob was first looked at is history, and not read.
  await here.looked()
  for (let round = 0; round < (LONG ? 60 : 9); round += 1) {
    for (const name of ['web.log', 'api-2.log']) {
      await here.write(name, 20 + ((round * 7) % 30))
      if (round % 3 === 0) await here.renameAway(name)
      else if (round % 3 === 1) await here.copyTruncate(name)
      else await here.pack(name, round % 2 === 0 ? 'gz' : 'zst')
      await here.write(name, 5)
    }
    // A copy made while nobody looks, twice, would be two files that begin alike: one rotation a life is promised.
    await delay(round % 2 === 0 ? 20 : 150)
    await kill(child)
    child = await here.start()
    await here.settled()
  }
  here.same(t, await here.settled())
})

t.test('what else happens to files', async t => {
  const here = await place(t, 'logs/*.log', false)
  await here.start()
  await delay(150)
  await here.folder('logs')
  await here.write('logs/late.log', 3)
  here.same(t, await here.settled(), 'a folder and a file that come later')
  await rename(here.at('logs/late.log'), here.at('logs/late-old.log'))
  await here.write('logs/late.log', 2)
  here.same(t, await here.settled(), 'renamed to another name that fits: known by its inode')
  await here.write('logs/gone.log', 2)
  await here.settled()
  await rm(here.at('logs/gone.log'))
  await delay(800)
  await here.write('logs/gone.log', 2)
  here.same(t, await here.settled(), 'deleted and made anew')
  await here.writeText('logs/huge.log', `{"x":"${'y'.repeat(3_000_000)}"}\n`)
  await here.write('logs/huge.log', 2)
  here.same(t, await here.settled(), 'a line too long is passed over')
})

async function ended(child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100 && child.signalCode === null; tries += 1) await delay(50)
  await kill(child)
}

async function place(t: Test, pattern: string, journal: boolean) {
  const folder = await mkdtemp(join(tmpdir(), 'lastcall-follow-crash-'))
  const data = join(folder, 'data')
  await mkdir(data)
  await writeFile(
    join(data, 'lastcall.yaml'),
    `sources:
  - { id: web, format: auto, file: { path: ${JSON.stringify(join(folder, pattern))} } }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], support: help@partner.example }
`,
  )
  const at = (name: string) => join(folder, name)
  let current: ChildProcess | undefined
  let made = 0
  t.teardown(async () => {
    if (current !== undefined) await kill(current)
    await rm(folder, { recursive: true, force: true })
  })
  const counted = () => count(sqliteBlocks(data))
  return {
    at,
    folder: (name: string) => mkdir(at(name)),
    async start(more: Pick<ChildOptions, 'die'> = {}) {
      current = await startChild({ folder: data, journal, ...more })
      return current
    },
    async looked() {
      while ((await readdir(join(data, 'followed')).catch(() => [])).every(name => !name.endsWith('.json')))
        await delay(20)
    },
    writeText: (name: string, text: string) => appendFile(at(name), text),
    async write(name: string, lines: number) {
      const text = Array.from({ length: lines }, () => `${jsonLine({ request_id: `r-${made++}` })}\n`).join('')
      await appendFile(at(name), text)
    },
    async renameAway(name: string) {
      await rename(`${at(name)}.1`, `${at(name)}.2`).catch(() => {})
      await rename(at(name), `${at(name)}.1`)
    },
    async copyTruncate(name: string) {
      await rename(`${at(name)}.1`, `${at(name)}.2`).catch(() => {})
      await copyFile(at(name), `${at(name)}.1`)
      await truncate(at(name), 0)
    },
    async pack(name: string, how: 'gz' | 'zst') {
      await rename(at(name), `${at(name)}.9`)
      const { atime, mtime } = await stat(`${at(name)}.9`)
      await writeFile(`${at(name)}.9.${how}`, await packs[how](await readFile(`${at(name)}.9`)))
      await utimes(`${at(name)}.9.${how}`, atime, mtime)
      await rm(`${at(name)}.9`)
    },
    /** What counts once all of it is there and nothing more has come for a while, or a minute is over. */
    async settled(): Promise<Counted> {
      let last = await counted()
      for (let quiet = 0, tries = 0; tries < 600 && (quiet < 4 || last.ids.size < made); tries += 1) {
        await delay(100)
        const now = await counted()
        quiet = now.parts === last.parts ? quiet + 1 : 0
        last = now
      }
      return last
    },
    same(t: Test, { ids, straddles, repeats }: Counted, why = 'nothing is missing') {
      t.equal(ids.size, made, why)
      t.equal([...ids.values()].filter(times => times !== 1).length, 0, 'nothing counts twice')
      t.equal(straddles, 0, 'no range lies across the end of another')
      t.comment(`${made} lines, ${repeats} repeats`)
    },
  }
}
