import { readdirSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { Readable } from 'node:stream'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { type ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import t from 'tap'
import { openClickHouse } from './clickhouse.ts'
import { faultKind } from './clickhouse-errors.ts'
import { count, list, text } from './clickhouse-rows.ts'
import { serveClickHouse } from './clickhouse-server.ts'
import { insertFromFile } from './clickhouse-server-insert.ts'

const folder = `${t.testdir({})}/clickhouse`
const login = { user: 'lastcall', password: 'not-a-secret' }
const reader = { user: 'lastcall_reader', password: 'not-a-secret-either' }
const server = await serveClickHouse({ folder, port: 0, ...login, reader, maxBody: 4_000_000 })
const url = `http://127.0.0.1:${server.port}`
const client = createClient({
  url,
  username: login.user,
  password: login.password,
  compression: { request: true, response: true },
  log: { level: ClickHouseLogLevel.OFF },
})
const ch = await openClickHouse({ url, ...login, database: 'default' })
t.teardown(async () => {
  await client.close()
  await ch.close()
  await server.close()
})
const headers = { 'x-clickhouse-user': login.user, 'x-clickhouse-key': login.password }
const post = (query: string, body: string | Uint8Array<ArrayBuffer> = '', more: Record<string, string> = {}) =>
  fetch(`${url}/?query=${encodeURIComponent(query)}`, { method: 'POST', body, headers: { ...headers, ...more } })

t.test('a parameter arrives as it was given, in the address or, when long, in a form', async t => {
  const odd = "\\'\0\n\r\t\b\f\\N'; DROP TABLE x; -- {one:String} ä"
  const shape = { a: text, b: list(text) }
  t.strictSame(await ch.query('SELECT {a:String} AS a, {b:Array(String)} AS b', { a: odd, b: [odd, ''] }, shape), [
    { a: odd, b: [odd, ''] },
  ])
  const many = Array.from({ length: 9_000 }, (_, index) => `${odd}${index}`)
  const rows = await ch.query('SELECT {b:Array(String)} AS b', { b: many }, { b: list(text) })
  t.strictSame(rows[0]?.b, many)
})

t.test('nothing of one request is left for the next: settings, parameters, database', async t => {
  const settings = { max_threads: 3, session_timezone: 'Asia/Tokyo' }
  const first = await client.query({
    query: "SELECT getSetting('max_threads') AS threads, timezone() AS zone, {p:UInt8} AS p",
    query_params: { p: 7 },
    clickhouse_settings: settings,
    format: 'JSONEachRow',
  })
  t.strictSame(await first.json(), [{ threads: 3, zone: 'Asia/Tokyo', p: 7 }])
  const next = await client.query({ query: 'SELECT timezone() AS zone', format: 'JSONEachRow' })
  t.notSame(await next.json(), [{ zone: 'Asia/Tokyo' }])
  await t.rejects(client.query({ query: 'SELECT {p:UInt8}' }), { code: '456' })
  await client.command({ query: 'CREATE DATABASE other' })
  await post('CREATE TABLE other.only (n UInt8) ENGINE = Memory')
  t.equal(await (await fetch(`${url}/?database=other&query=EXISTS+only`, { headers })).text(), '1\n')
  t.equal(await (await fetch(`${url}/?query=EXISTS+only`, { headers })).text(), '0\n')
})

t.test('rows go in by every way of the official client, and no file of theirs is left', async t => {
  await client.command({ query: "CREATE TABLE rows (n UInt32, s String DEFAULT 'none') ENGINE = MergeTree ORDER BY n" })
  await client.insert({ table: 'rows', values: [{ n: 1, s: "it's\n" }, { n: 2 }], format: 'JSONEachRow' })
  await client.insert({
    table: 'rows',
    columns: ['n'],
    values: Readable.from(['3\n4\n'], { objectMode: false }),
    format: 'CSV',
  })
  await client.insert({ table: 'rows', values: [], format: 'JSONEachRow' })
  t.equal((await post('INSERT INTO rows (n, s) VALUES', "(5, 'five'), (6, 'six')")).status, 200)
  t.equal((await post("INSERT INTO rows VALUES (7, 'seven')")).status, 200)
  t.equal(
    (
      await post(
        'INSERT INTO rows SETTINGS async_insert = 0 FORMAT TSV',
        zstdCompressSync('8\teight\n') as Uint8Array<ArrayBuffer>,
        { 'content-encoding': 'zstd' },
      )
    ).status,
    200,
  )
  const rows = await ch.query('SELECT n, s FROM rows ORDER BY n', {}, { n: count, s: text })
  t.strictSame(
    rows.map(({ n, s }) => `${n} ${s}`),
    ["1 it's\n", '2 none', '3 none', '4 none', '5 five', '6 six', '7 seven', '8 eight'],
  )
  t.strictSame(readdirSync(`${folder}-bodies`), [])
})

t.test('Native answers and bodies are the bytes themselves, compressed or not', async t => {
  await client.command({ query: 'CREATE TABLE bytes (n UInt64, s String) ENGINE = MergeTree ORDER BY n' })
  const asked = await post('SELECT number AS n, unhex(hex(number * 7919)) AS s FROM numbers(20000) FORMAT Native')
  const block = new Uint8Array(await asked.arrayBuffer())
  t.equal(asked.headers.get('x-clickhouse-format'), 'Native')
  const input =
    "INSERT INTO bytes (n, s) SELECT n + 1, s FROM input('n UInt64, s String') WHERE n < 10000 FORMAT Native"
  t.equal((await post(input, gzipSync(block) as Uint8Array<ArrayBuffer>, { 'content-encoding': 'gzip' })).status, 200)
  t.equal((await post('INSERT INTO bytes FORMAT Native', block)).status, 200)
  const sql =
    'SELECT count() AS c, countIf(s = unhex(hex((n - 1) * 7919)) OR s = unhex(hex(n * 7919))) AS same FROM bytes'
  t.strictSame(await ch.query(sql, {}, { c: count, same: count }), [{ c: 30_000, same: 30_000 }])
})

t.test('an answer says its id, form and work', async t => {
  const result = await client.query({
    query: 'SELECT number FROM numbers(3000)',
    query_id: 'my-id',
    format: 'JSONEachRow',
  })
  t.equal(result.query_id, 'my-id')
  t.equal((await result.json()).length, 3_000)
  t.equal(result.response_headers['content-encoding'], 'gzip')
  t.equal(result.response_headers['x-clickhouse-query-id'], 'my-id')
  t.equal(JSON.parse(String(result.response_headers['x-clickhouse-summary'])).read_rows, '3000')
  t.equal((await client.ping()).success, true)
  t.equal(await (await fetch(`${url}/ping`)).text(), 'Ok.\n')
})

t.test('refusals carry number, words and status; the client and our own faults read them', async t => {
  const thrown = await client.query({ query: 'SELECT * FROM nowhere' }).catch((error: ClickHouseError) => error)
  t.match(thrown, { code: '60', type: 'UNKNOWN_TABLE' })
  const answer = await post('SELECT * FROM nowhere')
  t.equal(answer.status, 404)
  t.equal(answer.headers.get('x-clickhouse-exception-code'), '60')
  t.match(await answer.text(), /^Code: 60\. DB::Exception: .*\(UNKNOWN_TABLE\)\n$/)
  const kindOf = (work: Promise<unknown>) => work.then(() => 'none', faultKind)
  await ch.command('CREATE TABLE small (n UInt8, CONSTRAINT small CHECK n < 10) ENGINE = MergeTree ORDER BY n')
  const block = (a: number, b: number) => Uint8Array.from([1, 2, 1, 110, 5, 85, 73, 110, 116, 56, a, b])
  const insert = { into: 'small', columns: ['n'], select: ['n'], structure: 'n UInt8', settings: { async_insert: 0 } }
  t.equal(await kindOf(ch.insertNative({ ...insert, blocks: [block(1, 2)] })), 'none')
  t.equal(await kindOf(ch.insertNative({ ...insert, blocks: [block(1, 20)] })), 'data', 'a constraint')
  t.equal(await kindOf(ch.insertNative({ ...insert, blocks: [block(1, 2).subarray(0, 11)] })), 'data', 'a cut block')
  t.equal(await kindOf(ch.insertNative({ ...insert, into: 'nowhere', blocks: [block(1, 2)] })), 'schema')
  t.equal(await kindOf(ch.command('SELECT no_such_column')), 'schema')
  t.equal((await post('INSERT INTO small FORMAT TSV', '1\n'.repeat(3_000_000))).status, 413)
  t.equal((await post('SELECT 1', '', { 'content-encoding': 'snappy' })).status, 501)
  t.equal((await post('')).status, 400)
})

t.test('a stranger, another name of this machine, and a write by GET are refused', async t => {
  const stranger = await openClickHouse({ url, user: 'lastcall', password: 'wrong', database: 'default' })
  t.equal(await stranger.command('SELECT 1').catch(faultKind), 'schema')
  await stranger.close()
  const basic = Buffer.from(`${login.user}:${login.password}`).toString('base64')
  t.equal((await fetch(`${url}/?query=SELECT+1`, { headers: { authorization: `Basic ${basic}` } })).status, 200)
  t.equal((await fetch(`${url}/?query=CREATE+TABLE+got+(n+UInt8)+ENGINE=Memory`, { headers })).status, 403)
  const rebound = await new Promise<number | undefined>(done => {
    httpRequest(url, { headers: { ...headers, host: 'rebound.example' } }, response => {
      response.resume()
      done(response.statusCode)
    }).end()
  })
  t.equal(rebound, 403)
})

t.test('a slow question holds up no insert and no other question', async t => {
  const order: string[] = []
  const slow = ch
    .query('SELECT toUInt64(sleepEachRow(0.4)) AS n FROM numbers(2)', {}, { n: count })
    .then(() => order.push('slow'))
  const quick = ch.query('SELECT 1 AS n', {}, { n: count }).then(() => order.push('quick'))
  const insert = ch.command('INSERT INTO small VALUES (3)').then(() => order.push('insert'))
  await Promise.all([slow, quick, insert])
  t.equal(order.at(-1), 'slow')
})

t.test('a statement is only led to a file where its rows are told at its end', async t => {
  t.equal(insertFromFile('SELECT 1 FORMAT Native', '/f'), undefined)
  t.equal(insertFromFile('INSERT INTO a SELECT * FROM b', '/f'), undefined)
  t.equal(
    insertFromFile('INSERT INTO a SETTINGS x = 1 FORMAT CSV ', "/it's"),
    "INSERT INTO a FROM INFILE '/it\\'s' COMPRESSION 'none' SETTINGS x = 1 FORMAT CSV",
  )
  t.equal(
    insertFromFile(
      "INSERT INTO a SELECT n FROM input('n Enum8(\\'(\\' = 1), s String') WHERE s != ')' FORMAT Native",
      '/f',
    ),
    "INSERT INTO a SELECT n FROM file('/f', 'Native', 'n Enum8(\\'(\\' = 1), s String') WHERE s != ')'",
  )
})

t.test('a second user may read and nothing else', async t => {
  const reads = await openClickHouse({ url, database: 'default', ...reader })
  t.teardown(() => reads.close())
  await ch.command('CREATE TABLE kept (n UInt64) ENGINE = MergeTree ORDER BY n')
  await ch.command('INSERT INTO kept VALUES (1), (2)')
  t.strictSame(await reads.query('SELECT count() AS n FROM kept', {}, { n: count }), [{ n: 2 }])
  for (const sql of ['INSERT INTO kept VALUES (3)', 'DROP TABLE kept', 'CREATE TABLE more (n UInt8) ENGINE = Memory'])
    t.equal(await reads.command(sql).catch(faultKind), 'schema', sql)
  const insert = { into: 'kept', columns: ['n'], select: ['n'], structure: 'n UInt64', settings: { async_insert: 0 } }
  t.equal(await reads.insertNative({ ...insert, blocks: [Uint8Array.of(1)] }).catch(faultKind), 'schema')
  t.strictSame(await ch.query('SELECT count() AS n FROM kept', {}, { n: count }), [{ n: 2 }])
})
