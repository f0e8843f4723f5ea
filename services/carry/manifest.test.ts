import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { MANIFEST, readManifest } from './manifest.ts'

const table = { name: 'calls', columns: [{ name: 'time', type: "DateTime64(3, 'UTC')" }], rows: 0, pieces: [] }

async function manifestOf(folder: string, over: object): Promise<string> {
  const all = { version: 1, migrations: [], files: [], tables: [{ ...table, ...over }] }
  await writeFile(join(folder, MANIFEST), JSON.stringify(all))
  return folder
}

t.test('names and types that would be more than that in a statement are refused', async t => {
  const folder = t.testdir({})
  t.match(await readManifest(await manifestOf(folder, {})), { tables: [table] })
  for (const over of [
    { name: 'calls; DROP TABLE calls' },
    { columns: [{ name: 'a`) SELECT 1', type: 'UInt8' }] },
    { columns: [{ name: 'a', type: "UInt8'); DROP TABLE calls" }] },
  ])
    await t.rejects(readManifest(await manifestOf(folder, over)), { code: 'LC_CARRY_READ', exit: 2 })
})
