import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { openClickHouse } from './clickhouse.ts'
import { faultKind } from './clickhouse-errors.ts'
import { count, text } from './clickhouse-rows.ts'

interface Seen {
  readonly url: URL
  readonly body: Buffer
  readonly headers: IncomingMessage['headers']
}

/** What the server says next: status, headers, body; or nothing at all. */
let answer: { readonly status: number; readonly body: string; readonly code?: string } | 'cut' = {
  status: 200,
  body: '',
}
const seen: Seen[] = []
const server = createServer(async (request, response) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  seen.push({ url: new URL(request.url ?? '', 'http://x'), body: Buffer.concat(parts), headers: request.headers })
  if (answer === 'cut') request.socket.destroy()
  else {
    if (answer.code !== undefined) response.setHeader('x-clickhouse-exception-code', answer.code)
    response.writeHead(answer.status).end(answer.body)
  }
})
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
const ch = await openClickHouse({
  url: `http://127.0.0.1:${port}`,
  user: 'lastcall',
  password: 'not-a-secret',
  database: 'calls',
})
t.teardown(async () => {
  await ch.close()
  server.close()
})

t.test('blocks are posted as they are, the statement and its settings beside them', async t => {
  answer = { status: 200, body: '' }
  const block = Uint8Array.from({ length: 70_000 }, (_, byte) => byte % 256)
  await ch.insertNative({
    into: 'entry',
    columns: ['n'],
    select: ['`n` + 1'],
    structure: '`n` UInt8, `keep` UInt8',
    where: 'keep = 1',
    settings: { async_insert: 0, insert_deduplication_token: 'lastcall.calls.v1:0:1-2' },
    blocks: [block, Uint8Array.of(0, 13, 10)],
  })
  const [request] = seen.splice(0)
  t.equal(
    request?.url.searchParams.get('query'),
    "INSERT INTO entry (`n`) SETTINGS async_insert = 0, insert_deduplication_token = 'lastcall.calls.v1:0:1-2' " +
      "SELECT `n` + 1 FROM input('`n` UInt8, `keep` UInt8') WHERE keep = 1 FORMAT Native",
  )
  t.equal(request?.url.searchParams.get('database'), 'calls')
  t.ok(request?.body.equals(Buffer.concat([block, Uint8Array.of(0, 13, 10)])), 'every byte')
})

t.test('values go beside a question as parameters, its answer is read by shape', async t => {
  answer = { status: 200, body: '{"name":"a","n":"18"}\n{"name":"b","n":"2"}\n' }
  const rows = await ch.query('SELECT {name:String} AS name', { name: "o'brien\n" }, { name: text, n: count })
  t.strictSame(rows, [
    { name: 'a', n: 18 },
    { name: 'b', n: 2 },
  ])
  const [request] = seen.splice(0)
  t.notMatch(String(request?.body), "o'brien")
  t.match(request?.url.search, /param_name=o/)
  t.match(request?.url.search, /max_execution_time=60/)
})

t.test('faults of rows, of tables and of the way there are told apart', async t => {
  const kindOf = (work: Promise<unknown>) => work.then(() => 'none', faultKind)
  const insert = {
    into: 'entry',
    columns: ['n'],
    select: ['n'],
    structure: 'n UInt8',
    settings: {},
    blocks: [Uint8Array.of(1)],
  }
  const refused = (code: string, body: string) => ({ status: 500, code, body: `Code: ${code}. DB::Exception: ${body}` })
  const settings = { ...insert, settings: { async_insert: 0 } }
  answer = refused('469', 'Constraint `sane_time` for table is violated at row 1. (VIOLATED_CONSTRAINT)')
  t.equal(await kindOf(ch.insertNative(settings)), 'data')
  answer = refused('60', 'Table calls.entry does not exist. (UNKNOWN_TABLE)')
  t.equal(await kindOf(ch.insertNative(settings)), 'schema')
  t.equal(await kindOf(ch.command('DROP TABLE entry')), 'schema')
  answer = refused('252', 'Too many parts. (TOO_MANY_PARTS)')
  t.equal(await kindOf(ch.insertNative(settings)), 'busy')
  answer = refused('241', 'Memory limit exceeded: While executing Native. (MEMORY_LIMIT_EXCEEDED)')
  t.equal(await kindOf(ch.insertNative(settings)), 'busy', 'memory is no fault of the rows')
  answer = { status: 503, body: 'upstream unavailable' }
  t.equal(await kindOf(ch.insertNative(settings)), 'busy')
  answer = 'cut'
  t.equal(await kindOf(ch.insertNative(settings)), 'busy')
  t.equal(await kindOf(ch.query('SELECT 1 AS n', {}, { n: count })), 'busy')
})
