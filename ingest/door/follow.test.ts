import { appendFile, copyFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { installation, jsonLine } from '../../test/running.ts'

t.test('a followed file is read once and whole through all that is done to it', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'lastcall-follow-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const ids = ['renamed', 'copied', 'cut', 'late']
  const fileOf = (id: string) => join(folder, `${id}.log`)
  for (const id of ids) await writeFile(fileOf(id), `${jsonLine()}\n`)
  const here = await installation(
    t,
    `sources:
${ids.map(id => `  - { id: ${id}, format: auto, realm: one, file: { path: ${fileOf(id)} } }`).join('\n')}
  - { id: globbed, format: auto, realm: one, file: { path: "${folder}/glob-*.log*" } }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example], support: help@partner.example }
`,
  )
  /** Waits until so many calls are stored, then a little longer: more would be a fault too. */
  const holds = async (id: string, calls: number, why: string) => {
    for (let tries = 0; tries < 100 && (await here.calls(id)) < calls; tries += 1) await delay(100)
    await delay(500)
    t.equal(await here.calls(id), calls, why)
  }
  for (const id of ids) await holds(id, 1, `${id}: what stood there at start`)

  await appendFile(fileOf('renamed'), `${jsonLine()}\n`)
  for (let turn = 0; turn < 2; turn += 1) {
    await rename(`${fileOf('renamed')}.1`, `${fileOf('renamed')}.2`).catch(() => {})
    await rename(fileOf('renamed'), `${fileOf('renamed')}.1`)
    await writeFile(fileOf('renamed'), `${jsonLine()}\n${jsonLine()}\n`)
  }
  await holds('renamed', 6, 'renamed twice between two looks')

  await appendFile(fileOf('copied'), `${jsonLine()}\n`)
  await copyFile(fileOf('copied'), `${fileOf('copied')}.1`)
  await truncate(fileOf('copied'), 0)
  await appendFile(fileOf('copied'), `${jsonLine()}\n`)
  await holds('copied', 3, 'copied and truncated')

  // A child of Apache that was told to reload goes on with the old file until its last answer is out.
  await writeFile(fileOf('glob-a'), `${jsonLine()}\n`)
  await holds('globbed', 1, 'found by its glob')
  for (const [id, name] of [
    ['late', 'late'],
    ['globbed', 'glob-a'],
  ] as const) {
    await rename(fileOf(name), `${fileOf(name)}.1`)
    await writeFile(fileOf(name), `${jsonLine()}\n`)
    await holds(id, 2, `${id}: the new file is read`)
    await appendFile(`${fileOf(name)}.1`, `${jsonLine()}\n`)
    await holds(id, 3, `${id}: and what comes late to the old one`)
    await rename(`${fileOf(name)}.1`, `${fileOf(name)}.2`)
    await rename(fileOf(name), `${fileOf(name)}.1`)
    await appendFile(`${fileOf(name)}.2`, `${jsonLine()}\n`)
    await writeFile(fileOf(name), `${jsonLine()}\n`)
    await holds(id, 5, `${id}: once each, also when it is rotated again`)
  }

  const line = jsonLine()
  await appendFile(fileOf('cut'), line.slice(0, 40))
  await holds('cut', 1, 'an unfinished last line is waited for')
  await appendFile(fileOf('cut'), `${line.slice(40)}\n`)
  await holds('cut', 2, 'and read once it is whole')
  t.strictSame(await here.tallies('cut'), { call: 2 })
})
