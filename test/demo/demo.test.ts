import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import t from 'tap'
import { openLedger } from '../../notifier/ledger/open.ts'
import { LEDGER_FILE } from '../../notifier/ledger/schema.ts'
import { startDemo } from '../../services/demo/demo.ts'
import { customerNames } from '../../services/demo/world.ts'
import type { NoticeRecord } from '../../services/domain/notice.ts'
import { systemClock } from '../../services/platform/clock.ts'
import { silentLog } from '../../services/platform/log.ts'
import { openBrowser, WIDTHS } from './browser.ts'

// Not tap's own folder: it is removed before the demo has stopped writing into it.
const folder = await mkdtemp(join(tmpdir(), 'lastcall-demo-'))
const data = join(folder, 'demo')
const stop = new AbortController()
const demo = await startDemo({
  data,
  host: '127.0.0.1',
  port: 0,
  seed: 'autumn',
  clock: systemClock,
  environment: {},
  log: silentLog,
  notifyEveryMs: 0,
  signal: stop.signal,
  say: () => {},
})
const { url } = demo.running
const ledger = openLedger(join(data, LEDGER_FILE))
t.teardown(async () => {
  ledger.close()
  stop.abort()
  await demo.stop()
  await rm(folder, { recursive: true, force: true })
})

interface Truth {
  readonly deprecation: string
  readonly customer: string
  readonly consumer: string
  readonly calls: number
  readonly first: number
  readonly last: number
}
/** As of the moment the letters were written: live traffic began afterwards. */
const truth = JSON.parse(await readFile(join(data, 'truth.json'), 'utf8')) as readonly Truth[]
const letters = await Promise.all(
  (await readdir(join(data, 'outbox')))
    .filter(name => name.endsWith('.eml'))
    .map(async name => simpleParser(await readFile(join(data, 'outbox', name)))),
)
const notices = ledger.notices(10_000)

/** The truth of a customer's consumers that a notice cites (a key given up long ago is not among them), together. */
function truthOf(notice: NoticeRecord): { calls: number; first: number; last: number } {
  const rows = truth.filter(
    row => row.deprecation === notice.deprecation && notice.evidence.consumers.includes(row.consumer),
  )
  return {
    calls: rows.reduce((sum, row) => sum + row.calls, 0),
    first: rows.length === 0 ? 0 : Math.min(...rows.map(row => row.first)),
    last: Math.max(0, ...rows.map(row => row.last)),
  }
}

t.test('the API counts for every consumer what the generator knows it sent', async t => {
  const answers = new Map<string, number>()
  for (const id of new Set(truth.map(row => row.deprecation))) {
    const page = (await (await fetch(`${url}/api/v1/deprecations/${id}/consumers`)).json()) as {
      items: { consumer: string; calls: number }[]
    }
    for (const item of page.items) answers.set(`${id} ${item.consumer}`, item.calls)
  }
  const busy = 'blue-heron-logistics' // goes on calling while we look
  const wrong = truth.filter(
    row =>
      row.customer !== busy &&
      (answers.get(`${row.deprecation} ${row.consumer}`) ?? 0) - row.calls > 3 + row.calls * 0.01,
  )
  const short = truth.filter(row => (answers.get(`${row.deprecation} ${row.consumer}`) ?? 0) < row.calls)
  t.strictSame(wrong, [])
  t.strictSame(short, [])
  t.ok(truth.length > 40, `${truth.length} pairs were compared`)
})

t.test('the letters’ numbers are the generator’s own, in the ledger and in the text a person reads', async t => {
  const told = notices.filter(notice => notice.state === 'accepted' && notice.evidence.calls > 0)
  t.ok(told.length > 20, `${told.length} notices cite calls`)
  const owners = new Map(truth.map(row => [row.consumer, customerNames.get(row.customer)]))
  for (const notice of told) {
    t.ok(
      notice.evidence.consumers.every(consumer => owners.get(consumer) === notice.customer),
      `${notice.customer} is told of its own consumers only`,
    )
    const { calls, first, last } = truthOf(notice)
    t.match(
      { calls: notice.evidence.calls, first: notice.evidence.first, last: notice.evidence.last },
      { calls, first, last },
      `${notice.customer} on ${notice.deprecation}`,
    )
    const letter = letters.find(one => String(one.headers.get('x-lastcall-notices')).includes(notice.id))
    t.match(
      letter?.text?.replaceAll(/[,.\u00a0\u202f]/g, ''),
      new RegExp(`\\b${calls}\\b`),
      `the text for ${notice.customer} says ${calls}`,
    )
  }
})

t.test('one notice for each deprecation, contact and stage, and no notice in two letters', async t => {
  const owed = notices.map(
    notice =>
      `${notice.kind} ${notice.deprecation} ${notice.revision} ${notice.address.toLowerCase()} ${notice.stage} ${notice.occurrence}`,
  )
  t.equal(new Set(owed).size, owed.length)
  const carried = letters.flatMap(letter => String(letter.headers.get('x-lastcall-notices')).split(/[\s,]+/))
  t.equal(new Set(carried).size, carried.length)
})

t.test('nobody who has migrated or stopped, and nobody without a call, is pressed', async t => {
  const pressing = notices.filter(notice => notice.kind === 'countdown' && notice.state === 'accepted')
  t.ok(pressing.length > 5, `${pressing.length} countdown notices went`)
  t.strictSame(
    pressing.filter(
      notice =>
        notice.evidence.calls === 0 || notice.evidence.state === 'migrated' || notice.evidence.state === 'stopped',
    ),
    [],
  )
})

t.test('no key that callers sent stands in any letter, and the search does find what a letter may say', async t => {
  const sources = await Promise.all(
    (await readdir(join(data, 'outbox'))).map(name => readFile(join(data, 'outbox', name), 'utf8')),
  )
  const said = [...sources, ...letters.flatMap(letter => [letter.text ?? '', String(letter.html)])]
  t.strictSame(said.filter(text => text.includes('demo-key-not-a-secret')).length, 0)
  t.ok(
    said.some(text => text.includes('kong:consumer:')),
    'a consumer id is found by the same search',
  )
})

t.test('a second round on the same day sends nothing', async t => {
  await demo.running.notifyOnce()
  const after = (await readdir(join(data, 'outbox'))).filter(name => name.endsWith('.eml'))
  t.equal(after.length, letters.length)
})

t.test('the number of calls in 7 days rises while one watches', async t => {
  const total = async (): Promise<number> => {
    const { items } = (await (await fetch(`${url}/api/v1/deprecations`)).json()) as { items: { calls7d: number }[] }
    return items.reduce((sum, item) => sum + item.calls7d, 0)
  }
  const before = await total()
  for (let tries = 0; (await total()) <= before && tries < 40; tries += 1) await systemClock.sleep(500)
  t.ok((await total()) > before)
})

t.test(
  'every page shows itself on a phone and on a desk without a fault, and asks nobody else for anything',
  { timeout: 120_000 },
  async t => {
    const browser = await openBrowser()
    if (browser === undefined) return t.plan(0, 'no Chromium on this machine (apt-get install chromium)')
    t.teardown(() => browser.close())
    const [letter = ''] = ledger.outbox(1).map(one => one.id)
    const countdown = notices.find(notice => notice.kind === 'countdown' && notice.letter !== undefined)?.letter ?? ''
    for (const width of WIDTHS) {
      const page = await browser.newPage({ viewport: { width, height: 900 } })
      const faults: string[] = []
      page.on('console', message => message.type() === 'error' && faults.push(message.text()))
      page.on('pageerror', error => faults.push(error.message))
      page.on(
        'request',
        request =>
          !request.url().startsWith(url) && !request.url().startsWith('data:') && faults.push(`asked ${request.url()}`),
      )
      for (const path of [
        '/',
        '/deprecations/content-generate',
        '/deprecations/atlas-v1',
        '/customers/Beacon%20Street%20Labs',
        '/outbox',
        `/outbox/${letter}`,
        `/outbox/${letter}/html`,
        `/outbox/${countdown}/html`,
        '/sources',
      ]) {
        const answer = await page.goto(url + path, { waitUntil: 'networkidle' })
        t.equal(answer?.status(), 200, `${path} at ${width} px`)
        const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
        t.equal(wide, 0, `${path} does not scroll sideways at ${width} px`)
      }
      t.strictSame(faults, [], `no fault at ${width} px`)
      await page.close()
    }
  },
)

t.test('text from a log cannot become markup', async t => {
  const agent = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
  const line = JSON.stringify({
    v: '1',
    msec: (Date.now() / 1000).toFixed(3),
    request_id: 'x',
    method: 'GET',
    host: 'api.atlas.example',
    request_uri: '/v1/batches',
    status: '200',
    ua: agent,
    consumer: '"><script>alert(3)</script>',
    request_time: '0.1',
  })
  t.equal((await fetch(`${url}/ingest/web-atlas`, { method: 'POST', body: line })).status, 200)
  await demo.running.settle()
  await systemClock.sleep(2_500)
  for (const path of ['/', '/deprecations/atlas-v1', '/sources']) {
    const page = await (await fetch(url + path)).text()
    t.notMatch(page, /<script>alert|<img src=x/, path)
  }
})
