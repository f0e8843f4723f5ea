import Fastify from 'fastify'
import t from 'tap'
import { silentLog } from '../platform/log.ts'
import { sendPage, toCsv } from './list.ts'
import { problemHandler } from './problem.ts'

t.test('a cell that a spreadsheet would run as a formula is led by an apostrophe', async t => {
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])
    t.equal(toCsv([{ a: text }]), `a\r\n'${text}\r\n`, JSON.stringify(text))
  t.equal(toCsv([{ a: '\r=1' }]), 'a\r\n"\'\r=1"\r\n')
  t.equal(
    toCsv([{ a: '=HYPERLINK("http://evil.example","x")' }]),
    'a\r\n"\'=HYPERLINK(""http://evil.example"",""x"")"\r\n',
  )
  t.equal(toCsv([{ a: -1 }]), 'a\r\n-1\r\n', 'a number stays one')
})

t.test('commas, quotes and line ends are quoted, nothing is empty', async t => {
  t.equal(
    toCsv([{ a: 'x,y', b: 'say "hi"', c: 'two\nlines', d: null, e: undefined, f: true }]),
    'a,b,c,d,e,f\r\n"x,y","say ""hi""","two\nlines",,,true\r\n',
  )
  t.equal(toCsv([]), '')
})

t.test('pages follow each other without a gap or a repeat, in every form', async t => {
  let rows = Array.from({ length: 7 }, (_, n) => ({ id: `id ${n}/ü` }))
  const app = Fastify()
  t.teardown(() => app.close())
  app.setErrorHandler(problemHandler(silentLog))
  app.get('/', (request, reply) => {
    const { limit, cursor } = request.query as Record<string, string>
    request.query = { limit: Number(limit), ...(cursor === undefined ? {} : { cursor }) }
    return sendPage(request, reply, rows, row => row.id)
  })
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const answer: { json(): unknown } = await app.inject(`/?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`)
    const page = answer.json() as { items: { id: string }[]; next: string | null }
    ids.push(...page.items.map(row => row.id))
    cursor = page.next
    // A row that appears at the front between two pages neither repeats nor hides another.
    rows = [{ id: `new ${ids.length}` }, ...rows]
  } while (cursor !== null)
  t.strictSame(
    ids,
    Array.from({ length: 7 }, (_, n) => `id ${n}/ü`),
  )

  const csv = await app.inject({ url: '/?limit=2', headers: { accept: 'text/csv' } })
  t.match(csv.headers['content-type'], 'text/csv')
  t.match(csv.headers.link, /rel="next"/)
  t.equal(csv.body.split('\r\n').length, 4)
  const lines = await app.inject({ url: '/?limit=2', headers: { accept: 'application/x-ndjson' } })
  t.equal(lines.body.trimEnd().split('\n').length, 2)
  const gone = await app.inject('/?limit=2&cursor=bm9ib2R5')
  t.equal(gone.statusCode, 400)
  t.match(gone.json(), { code: 'LC_API_CURSOR' })
})
