import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import { openClickHouse } from './clickhouse.ts'
import { faultKind } from './clickhouse-errors.ts'
import { big, count, list, text } from './clickhouse-rows.ts'

const folder = `${t.testdir({})}/clickhouse`
const ch = await openClickHouse({ embedded: { folder } })
t.teardown(() => ch.close())

t.test('a parameter arrives as it was given, whatever stands in it', async t => {
  const any = fc.string({ unit: 'binary', maxLength: 30 }).filter(text => text.isWellFormed())
  await fc.assert(
    fc.asyncProperty(any, fc.array(any, { maxLength: 12 }), async (one, many) => {
      const rows = await ch.query(
        'SELECT {one:String} AS a, {many:Array(String)} AS b',
        { one, many },
        { a: text, b: list(text) },
      )
      t.strictSame(rows, [{ a: one, b: many }])
    }),
    { numRuns: 20, examples: [["\\'\0\n\r\t\b\f\\N", ["'; DROP TABLE x; --", '\\', '{one:String}']]] },
  )
})

t.test('64-bit numbers are exact, and a count beyond 2^53 is refused rather than rounded', async t => {
  const sql = 'SELECT toUInt64(18446744073709551615) AS n'
  t.strictSame(await ch.query(sql, {}, { n: big }), [{ n: 18_446_744_073_709_551_615n }])
  await t.rejects(ch.query(sql, {}, { n: count }), /whole number/)
})

t.test('two questions with parameters run side by side, not one after another', async t => {
  const order: string[] = []
  const slow = ch
    .query('SELECT toUInt64(sleepEachRow(0.3)) AS n FROM numbers({n:UInt8})', { n: 3 }, { n: count })
    .then(() => order.push('slow'))
  const quick = ch.query('SELECT {n:UInt8} AS n', { n: 1 }, { n: count }).then(() => order.push('quick'))
  await Promise.all([slow, quick])
  t.strictSame(order, ['quick', 'slow'])
})

t.test('a second process on the folder is refused with LC_DATA_LOCKED', async t => {
  const script = `import { openClickHouse } from ${JSON.stringify(import.meta.resolve('./clickhouse.ts'))}
    try { await openClickHouse({ embedded: { folder: process.argv[1] } }); console.log('opened') } catch (e) { console.log(e.code, e.exit) }`
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, folder], { encoding: 'utf8' })
  t.equal(child.stdout.trim(), 'LC_DATA_LOCKED 3')
})

t.test('blocks go in, the file they went through is gone, and bad rows are told from bad tables', async t => {
  await ch.command('CREATE TABLE entry (n UInt8, CONSTRAINT small CHECK n < 10) ENGINE = MergeTree ORDER BY n')
  // One Native block: 1 column, 2 rows, name, type, two bytes.
  const block = (a: number, b: number) => Uint8Array.from([1, 2, 1, 110, 5, 85, 73, 110, 116, 56, a, b])
  const insert = { into: 'entry', columns: ['n'], select: ['n'], structure: 'n UInt8', settings: { async_insert: 0 } }
  await ch.insertNative({ ...insert, blocks: [block(1, 2), block(3, 4)], where: 'n != 2' })
  t.strictSame(await ch.query('SELECT count() AS c, sum(n) AS s FROM entry', {}, { c: count, s: count }), [
    { c: 3, s: 8 },
  ])
  const kindOf = (work: Promise<unknown>) => work.then(() => 'none', faultKind)
  t.equal(await kindOf(ch.insertNative({ ...insert, blocks: [block(1, 20)] })), 'data', 'a constraint')
  t.equal(await kindOf(ch.insertNative({ ...insert, blocks: [block(1, 2).subarray(0, 11)] })), 'data', 'a cut block')
  t.equal(await kindOf(ch.insertNative({ ...insert, into: 'nowhere', blocks: [block(1, 2)] })), 'schema')
  t.equal(await kindOf(ch.command('SELECT no_such_column')), 'schema')
  t.equal(existsSync(`${folder}-inserts`), true)
  t.strictSame(readdirSync(`${folder}-inserts`), [])
})

t.test('a folder that cannot be made is one clear fault', async t => {
  await t.rejects(openClickHouse({ embedded: { folder: `${import.meta.filename}/inside` } }), {
    code: 'LC_DATA_FOLDER',
    exit: 3,
  })
})

t.test('a server that is not there is a fault to retry', async t => {
  const far = await openClickHouse({ url: 'http://127.0.0.1:9', user: 'default', password: '', database: 'default' })
  t.teardown(() => far.close())
  await t.rejects(far.query('SELECT 1 AS n', {}, { n: count }), { code: 'LC_STORE_DOWN' })
})
