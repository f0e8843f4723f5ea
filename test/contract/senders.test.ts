import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { tokenDigest } from '../../services/platform/access.ts'
import { type Installation, installation } from '../running.ts'
import { BAD, broken, good, SENDERS, type Sender } from './senders-table.ts'

const RIGHT = 'lct_fake-token-of-a-test'
const own = `tokens: [ ${tokenDigest(RIGHT)} ]`

let here: Installation
t.before(async () => {
  here = await installation(
    t,
    `sources:
${SENDERS.map((_, n) => `  - { id: s${n}, format: auto, realm: one, ${own} }`).join('\n')}
${SENDERS.map((_, n) => `  - { id: q${n}, format: auto, realm: one, ${own}, limits: { uploads-per-second: 1 } }`).join('\n')}
  - { id: small, format: auto, realm: one, ${own}, limits: { body-bytes: 200 } }
apis:
  - { id: partner, policy: scale, hosts: [api.partner.example] }
`,
  )
})

async function send(sender: Sender, source: string, body: Buffer, token = RIGHT, id = crypto.randomUUID()) {
  const headers: Record<string, string> = { ...sender.headers, ...sender.credential(token) }
  if (sender.dialect === 'firehose') headers['x-amz-firehose-request-id'] = id
  if (sender.dialect === 'otlp') headers['lastcall-source'] = source
  const response = await here.post(sender.path(source), body, headers)
  return { response, text: await response.text(), id }
}

type Answer = Awaited<ReturnType<typeof send>>

/** 200, exactly, in the words the sender reads as success. */
function taken(t: Test, sender: Sender, { response, text, id }: Answer, receipt: object, rejected = 0): void {
  t.equal(response.status, 200, `${sender.name}: ${text}`)
  t.match(response.headers.get('content-type'), 'application/json')
  t.equal(response.headers.get('content-encoding'), null, 'never packed: Firehose refuses that')
  const answer = JSON.parse(text) as { timestamp?: unknown }
  if (sender.dialect === 'firehose') {
    t.strictSame(Object.keys(answer), ['requestId', 'timestamp'])
    t.match(answer, { requestId: id, timestamp: Number })
  } else if (sender.dialect === 'otlp')
    t.match(answer, rejected === 0 ? {} : { partialSuccess: { rejectedLogRecords: String(rejected) } })
  else t.match(answer, receipt)
}

/** A refusal under this status, in the sender's dialect, with a time to come again where it is one of those. */
function refused(t: Test, sender: Sender, { response, text, id }: Answer, status: number, code: string): void {
  t.equal(response.status, status, `${sender.name}: ${text}`)
  const answer = JSON.parse(text) as object
  if (sender.dialect === 'firehose')
    t.match(answer, { requestId: id, timestamp: Number, errorMessage: new RegExp(code) })
  else if (sender.dialect === 'otlp') t.match(answer, { code: Number, message: new RegExp(code) })
  else t.match(answer, { status, code, detail: String })
  const retry = response.headers.get('retry-after')
  if (status === 429 || status === 503) t.match(retry, /^[1-9]\d*$/)
  else t.equal(retry, null)
}

for (const [n, sender] of SENDERS.entries()) {
  t.test(`${sender.name} hears exactly 200 for a body that was taken`, async t => {
    taken(t, sender, await send(sender, `s${n}`, sender.body([good(), good()])), { lines: 2, calls: 2, unparsed: 0 })
  })
  t.test(
    `${sender.name} hears 200 for a body with a bad record: anything else would lose or repeat its neighbours`,
    async t => {
      taken(t, sender, await send(sender, `s${n}`, sender.body([good(), JSON.stringify(BAD)])), { calls: 1 }, 1)
    },
  )
  t.test(`${sender.name} hears 200 for a body that will not decompress: it would never get better`, async t => {
    taken(t, sender, await send(sender, `s${n}`, broken()), { lines: 1, unparsed: 1 }, 1)
  })
  t.test(`${sender.name} with a wrong token hears 401, from this machine too`, async t => {
    refused(t, sender, await send(sender, `s${n}`, sender.body([good()]), 'lct_fake-other'), 401, 'LC_INGEST_TOKEN')
  })
  t.test(`${sender.name} to a source nobody declared hears 404`, async t => {
    refused(t, sender, await send(sender, 'nowhere', sender.body([good()])), 404, 'LC_INGEST_SOURCE')
  })
  t.test(`${sender.name} with a body over the cap hears 413, not a status it would come again for`, async t => {
    const body = sender.body(Array.from({ length: 20 }, good))
    refused(t, sender, await send(sender, 'small', body), 413, 'LC_INGEST_TOO_LARGE')
  })
  t.test(`${sender.name} over its quota hears 429 and when to come again`, async t => {
    const answers: Answer[] = []
    for (let sent = 0; sent < 6; sent += 1) answers.push(await send(sender, `q${n}`, sender.body([good()])))
    t.equal(answers[0]?.response.status, 200)
    const late = answers.find(({ response }) => response.status !== 200)
    if (late === undefined) t.fail('every upload was taken')
    else refused(t, sender, late, 429, 'LC_INGEST_QUOTA')
  })
}

t.test('Vector asks with HEAD before it sends, and Cloudflare sends a test upload that is no line', async t => {
  const headers = { authorization: `Bearer ${RIGHT}` }
  t.equal((await fetch(`${here.url}/ingest/s0`, { method: 'HEAD', headers })).status, 200)
  t.equal((await fetch(`${here.url}/ingest/s0`, { method: 'HEAD' })).status, 401)
  const body = gzipSync(JSON.stringify({ content: 'tests' }))
  const response = await here.post('s0', body, { ...headers, 'content-encoding': 'gzip' })
  t.match(await response.json(), { lines: 0 })
})

// Stops the installation: it would keep the process alive.
t.end()
