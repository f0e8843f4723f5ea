import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { openPeppers, pepperOf, readPepperFile, rotatePepper } from './pepper.ts'

const at = (folder: string, environment: Record<string, string> = {}) =>
  openPeppers({ folder, variable: 'LASTCALL_PEPPER', environment })

t.test('the first start makes a pepper that only the owner may read, and later starts use it', async t => {
  const folder = join(t.testdir(), 'data')
  const first = await at(folder)
  t.equal((await stat(join(folder, 'pepper'))).mode & 0o777, 0o600)
  t.same(await at(folder), first)
  t.equal(first.current.secret.length, 32)
  t.same(await readdir(folder), ['pepper'], 'no draft is left')
})

t.test('processes that start at once agree on one pepper', async t => {
  const folder = t.testdir()
  const all = await Promise.all(Array.from({ length: 12 }, () => at(folder)))
  t.equal(new Set(all.map(one => one.current.id)).size, 1)
})

t.test('in production the environment holds it, and nothing is written', async t => {
  const folder = t.testdir()
  const peppers = await at(folder, {
    LASTCALL_PEPPER: 'ab'.repeat(32),
    LASTCALL_PEPPER_EARLIER: `${'cd'.repeat(32)}, `,
  })
  t.same(peppers.current.secret, Buffer.alloc(32, 0xab))
  t.same(
    peppers.earlier.map(one => one.id),
    [pepperOf(Buffer.alloc(32, 0xcd)).id],
  )
  t.same(await readdir(folder), [])
})

t.test('a short pepper is refused, and not shown', async t => {
  await t.rejects(at(t.testdir(), { LASTCALL_PEPPER: 'hunter2' }), {
    code: 'LC_PEPPER_SHORT',
    exit: 2,
    message: /^(?!.*hunter2)/,
  })
})

t.test('an empty pepper file is a fault, not a new pepper', async t => {
  const folder = t.testdir({ pepper: '\n# moved away\n' })
  await t.rejects(at(folder), { code: 'LC_PEPPER_FILE' })
  await t.rejects(readPepperFile(join(folder, 'none')), { code: 'LC_PEPPER_FILE', exit: 3 })
})

t.test('a file copied with a wider mode is closed to others', async t => {
  const folder = t.testdir()
  await writeFile(join(folder, 'pepper'), 'ab'.repeat(32))
  await chmod(join(folder, 'pepper'), 0o644)
  await at(folder)
  t.equal((await stat(join(folder, 'pepper'))).mode & 0o777, 0o600)
})

t.test('a rotation keeps the old pepper beside the new one', async t => {
  const folder = t.testdir()
  const before = await at(folder)
  const after = await rotatePepper(folder)
  t.not(after.current.id, before.current.id)
  t.same(after.earlier, [before.current])
  t.same(await at(folder), after)
  t.equal((await stat(join(folder, 'pepper'))).mode & 0o777, 0o600)
  t.same((await readPepperFile(join(folder, 'pepper'))).id, after.current.id)
  t.notMatch(await readFile(join(folder, 'pepper'), 'utf8'), after.current.id, 'the id is no part of the secret')
})
