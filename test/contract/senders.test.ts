import { gzipSync } from 'node:zlib'
import t from 'tap'
import { tokenDigest } from '../../services/platform/access.ts'
import { type Installation, installation } from '../running.ts'
import { type Answer, refused, send, taken } from './sender-answers.ts'
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

const sent = (sender: Sender, source: string, body: Buffer, token = RIGHT): Promise<Answer> =>
  send(here.url, sender, source, body, token)

for (const [n, sender] of SENDERS.entries()) {
  t.test(`${sender.name} hears exactly 200 for a body that was taken`, async t => {
    taken(t, sender, await sent(sender, `s${n}`, sender.body([good(), good()])), { lines: 2, calls: 2, unparsed: 0 })
  })
  t.test(
    `${sender.name} hears 200 for a body with a bad record: anything else would lose or repeat its neighbours`,
    async t => {
      taken(t, sender, await sent(sender, `s${n}`, sender.body([good(), JSON.stringify(BAD)])), { calls: 1 }, 1)
    },
  )
  t.test(`${sender.name} hears 200 for a body that will not decompress: it would never get better`, async t => {
    taken(t, sender, await sent(sender, `s${n}`, broken()), { lines: 1, unparsed: 1 }, 1)
  })
  t.test(`${sender.name} with a wrong token hears 401, from this machine too`, async t => {
    refused(t, sender, await sent(sender, `s${n}`, sender.body([good()]), 'lct_fake-other'), 401, 'LC_INGEST_TOKEN')
  })
  t.test(`${sender.name} to a source nobody declared hears 404`, async t => {
    refused(t, sender, await sent(sender, 'nowhere', sender.body([good()])), 404, 'LC_INGEST_SOURCE')
  })
  t.test(`${sender.name} with a body over the cap hears 413, not a status it would come again for`, async t => {
    const body = sender.body(Array.from({ length: 20 }, good))
    refused(t, sender, await sent(sender, 'small', body), 413, 'LC_INGEST_TOO_LARGE')
  })
  t.test(`${sender.name} over its quota hears 429 and when to come again`, async t => {
    const answers: Answer[] = []
    for (let times = 0; times < 6; times += 1) answers.push(await sent(sender, `q${n}`, sender.body([good()])))
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
