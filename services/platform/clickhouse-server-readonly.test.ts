import { existsSync } from 'node:fs'
import { createClient } from '@clickhouse/client'
import t from 'tap'
import { openClickHouse } from './clickhouse.ts'
import { count } from './clickhouse-rows.ts'
import { readOnlyClickHouse } from './clickhouse-server-readonly.ts'

const folder = `${t.testdir({})}/clickhouse`
const store = await openClickHouse({ embedded: { folder } })
await store.command('CREATE TABLE calls (n UInt32, s String) ENGINE = MergeTree ORDER BY n')
await store.command("INSERT INTO calls SELECT number, 'it''s' FROM numbers(1000)")
const server = await readOnlyClickHouse({
  folder,
  port: 0,
  limits: { rows: 500, bytes: 2_000_000, seconds: 1, rowsRead: 5_000_000, memoryBytes: 200_000_000 },
})
const url = `http://127.0.0.1:${server.port}`
t.teardown(async () => {
  await server.close()
  await store.close()
})

async function ask(sql: string, search = ''): Promise<string> {
  const answer = await fetch(`${url}/${search}`, { method: 'POST', body: sql })
  const said = await answer.text()
  return answer.ok ? said : `${answer.status} ${answer.headers.get('x-clickhouse-exception-code')}`
}

t.test('it answers questions as a server would, also the ones Grafana begins with', async t => {
  t.equal(await ask("SELECT count(), any(s) FROM calls -- all\n WHERE s != 'x'"), "1000\tit\\'s\n")
  t.equal(await ask('SELECT {n:UInt8} + 1', '?param_n=4'), '5\n')
  t.equal(await ask('WITH 3 AS a SELECT a'), '3\n')
  t.equal(await ask('SHOW TABLES'), 'calls\n')
  t.match(await ask('DESCRIBE TABLE calls'), /^n\tUInt32/)
  t.equal(await ask('(SELECT 1) UNION ALL (SELECT 1)'), '1\n1\n')
  const hello = await fetch(`${url}/?default_format=Native&client_protocol_version=54483&max_execution_time=60`, {
    method: 'POST',
    body: 'SELECT displayName(), version(), revision(), timezone()',
    headers: { 'accept-encoding': 'gzip' },
  })
  const bytes = Buffer.from(await hello.arrayBuffer())
  t.equal(hello.headers.get('x-clickhouse-format'), 'Native')
  t.equal(bytes[0], 4, 'four columns')
  const at = bytes.indexOf('revision()\x06UInt32')
  t.ok(at > 0)
  t.equal(bytes.readUInt32LE(at + 'revision()\x06UInt32'.length), 0, 'of revision 0')
  const client = createClient({ url, compression: { response: true } })
  const rows = await client.query({ query: 'SELECT n FROM calls ORDER BY n LIMIT 400', format: 'JSONEachRow' })
  t.equal((await rows.json()).length, 400)
  await client.close()
})

t.test('nothing but reading tables passes, however it is written', async t => {
  const out = `${folder}-out`
  const tries = [
    'INSERT INTO calls VALUES (1, 1)',
    'DROP TABLE calls',
    'CREATE TABLE x (n UInt8) ENGINE = Memory',
    'SET readonly = 0',
    'KILL QUERY WHERE 1',
    'SYSTEM FLUSH LOGS',
    'ALTER TABLE calls DELETE WHERE 1',
    'SELECT 1; DROP TABLE calls',
    'SELECT 1; SELECT 2',
    'SELECT 1 SETTINGS max_result_rows = 0',
    `SELECT 1 INTO OUTFILE '${out}'`,
    `SELECT 1 into/**/outfile '${out}' FORMAT CSV`,
    `SHOW TABLES INTO OUTFILE '${out}'`,
    `EXPLAIN SELECT 1 INTO OUTFILE '${out}'`,
    "SELECT file('/etc/hostname')",
    "SELECT FILE /* */ ('/etc/hostname')",
    "SELECT `\\x66ile`('/etc/hostname')",
    'SELECT "f\\x69le"(\'/etc/hostname\')',
    "WITH (SELECT file('/etc/hostname')) AS a SELECT a",
    "SELECT arrayMap(x -> file(x), ['/etc/hostname'])",
    "SELECT * FROM file('/etc/hostname', 'LineAsString')",
    "SELECT '\\'' , file('/etc/hostname') AS `a'`",
    "DESCRIBE TABLE file('/etc/hostname', 'LineAsString')",
    "DESCRIBE url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
    "SELECT * FROM remote('127.0.0.1:1', system.one)",
    "SELECT * FROM executable('x', 'TSV', 'a UInt8')",
    "SELECT getServerSetting('path')",
    'SELECT sleep(1)',
    '',
  ]
  for (const sql of tries) t.match(await ask(sql), /^(403 164|400 62)$/, sql)
  t.equal(
    await ask("SELECT ' INTO OUTFILE ', 'file(1)', 1 AS outfile"),
    ' INTO OUTFILE \tfile(1)\t1\n',
    'words in literals are data',
  )
  t.equal(await ask('1', '?query=INSERT+INTO+calls+FORMAT+TSV'), '403 164')
  t.equal(existsSync(out), false)
  t.strictSame(await store.query('SELECT count() AS n FROM calls', {}, { n: count }), [{ n: 1_000 }])
})

t.test('a question that costs too much ends with a code, whatever settings it brings', async t => {
  t.equal(await ask('SELECT n FROM calls', '?max_result_rows=0&readonly=0'), '500 396', 'rows')
  t.equal(await ask("SELECT repeat('a', 10000), n FROM calls LIMIT 300"), '500 396', 'bytes')
  t.equal(await ask("SELECT repeat('a', 1000000) FROM numbers(450)"), '500 241', "memory, the answer's too")
  t.equal(await ask('SELECT count() FROM numbers(10000000) WHERE number % 3 = 1'), '500 158', 'rows read')
  t.equal(
    await ask('SELECT count() FROM (SELECT n FROM calls a, calls b, calls c, calls d)', '?max_execution_time=0'),
    '408 159',
    'time',
  )
  t.equal(await ask('SELECT count() FROM calls'), '1000\n', 'and the next one is answered')
})
