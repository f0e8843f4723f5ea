import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import type { Clock } from '../../domain/clock.ts'
import { systemClock } from '../../platform/clock.ts'
import type { Command } from '../command.ts'
import { approve } from './approve.ts'
import { importFiles } from './import.ts'
import { ledgerVerify } from './ledger-verify.ts'
import { migrate } from './migrate.ts'
import { notices } from './notices.ts'
import { notify } from './notify.ts'
import { preview } from './preview.ts'

const DAY = 86_400_000
const NOW = systemClock.now()
const date = (days: number): string => new Date(NOW + days * DAY).toISOString().slice(0, 10)

const folder = t.testdir({
  'lastcall.yaml': `apis:
  - id: partner
    policy: layers
    hosts: [api.partner.example]
    zone: UTC
    support: help@partner.example
    version: { in: path }
    deprecations:
      - id: old-content
        thing: { operation: "GET /v1/content/{id}" }
        announced: ${date(-100)}
        sunset: ${date(25)}
        reason: Replaced.
        successor: { operation: "GET /v2/content/{id}" }
        guide: { from-to: [ { from: id, to: content_id } ] }
  - id: sift
    policy: scanii
    hosts: [api.sift.example]
    zone: UTC
    support: help@sift.example
    version: { in: path }
sources:
  - id: edge
    format: kong
    realm: kong
customers: { file: ./customers.csv }
`,
  'customers.csv': `customer,consumer,contact,role,language,zone,tags
acme,kong:consumer:c1,dev@acme.example,developer,en,Europe/Berlin,
beta,kong:consumer:c2,dev@beta.example,developer,en,UTC,
gone,kong:consumer:c3,dev@gone.example,developer,en,UTC,
mute,kong:consumer:c4,,developer,en,UTC,
`,
})
// With real mail named: letters wait for approval. Nobody listens on that port.
writeFileSync(
  `${folder}/smtp.yaml`,
  `${readFileSync(`${folder}/lastcall.yaml`, 'utf8')}smtp: { host: 127.0.0.1, port: 9, tls: none }\nmail: { from: "API changes <api-changes@partner.example>" }\n`,
)

// A version of the second API is superseded: all its customers are told, and it alone.
writeFileSync(
  `${folder}/superseded.yaml`,
  readFileSync(`${folder}/lastcall.yaml`, 'utf8').replace(
    'sources:',
    `deprecations:
  - { id: sift-v2, api: sift, thing: { version: v2.1 }, announced: ${date(-3)}, reason: Newer., successor: { version: v2.2 } }
sources:`,
  ),
)

function line(consumer: string, daysAgo: number, host = 'api.partner.example'): string {
  const request = {
    method: 'GET',
    uri: '/v1/content/12',
    url: `http://${host}/v1/content/12`,
    headers: { host, 'user-agent': 'okhttp/4' },
  }
  return JSON.stringify({
    started_at: NOW - daysAgo * DAY,
    request,
    response: { status: 200, headers: {} },
    latencies: { request: 5, kong: 1, proxy: 4 },
    consumer: { id: consumer, username: consumer },
    client_ip: '192.0.2.1',
  })
}
const days = (consumer: string, from: number, until: number): string[] =>
  Array.from({ length: from - until + 1 }, (_, n) => line(consumer, until + n))
writeFileSync(
  `${folder}/access.log`,
  [
    ...days('c1', 40, 1),
    ...days('c2', 30, 1),
    ...days('c3', 80, 60),
    ...days('c4', 5, 1),
    line('c2', 4, 'api.sift.example'),
  ].join('\n'),
)

interface Said {
  readonly out: string
  readonly status: number
}
async function run(
  command: Command,
  positionals: readonly string[],
  values: Record<string, string | boolean> = {},
  clock: Clock = systemClock,
): Promise<Said> {
  let out = ''
  const status = await command.run({
    values: { config: `${folder}/lastcall.yaml`, data: `${folder}/data`, ...values },
    positionals,
    stdout: text => {
      out += text
    },
    stderr: text => t.comment(text),
    stderrIsTerminal: false,
    stdin: (async function* () {})(),
    clock,
    environment: {},
    signal: AbortSignal.timeout(120_000),
  })
  return { out, status }
}
const outbox = (): string[] => (existsSync(`${folder}/data/outbox`) ? readdirSync(`${folder}/data/outbox`) : [])

t.before(async () => {
  await run(migrate, [])
  await run(importFiles, [`${folder}/access.log`], { source: 'edge' })
})

t.test('before anything was planned, the ledger says so', async t => {
  await t.rejects(run(notices, [], { data: `${folder}/nowhere` }), { code: 'LC_LEDGER_NONE', exit: 2 })
})

t.test('preview shows the letters that are due, and records nothing', async t => {
  const { out, status } = await run(preview, ['old-content'], { json: true })
  t.equal(status, 0)
  const shown = JSON.parse(out)
  t.same(shown.letters.map(({ address }: { address: string }) => address).sort(), [
    'dev@acme.example',
    'dev@beta.example',
  ])
  t.match(shown.letters[0].text, /40 calls|30 calls/)
  const { out: text } = await run(preview, ['old-content'], { to: 'dev@beta.example', out: `${folder}/letters` })
  t.match(text, /To: dev@beta\.example\nSubject: \[partner\] 25 days left/)
  t.equal(readdirSync(`${folder}/letters`).length, 4)
  t.equal((await run(notices, [])).out, '')
  await t.rejects(run(preview, ['nothing']), { code: 'LC_CLI_ID', todo: /old-content/ })
})

t.test(
  'notify --once plans first, then writes the letters into the outbox, and then has nothing left to do',
  async t => {
    t.match(JSON.parse((await run(notify, [], { once: true, json: true })).out), { planned: 2, accepted: 0, untold: 1 })
    t.same(outbox(), [])
    t.match((await run(notify, [], { once: true })).out, /letters: 2 accepted/)
    t.equal(outbox().length, 2)
    t.match(JSON.parse((await run(notify, [], { once: true, json: true })).out), { planned: 0, accepted: 0 })
  },
)

t.test('notices shows the ledger, one letter, and who cannot be told', async t => {
  const { out } = await run(notices, ['old-content'], { state: 'accepted' })
  t.match(out, /accepted +old-content +countdown 30 +dev@acme\.example \(acme\)/)
  const letter = /l[0-9a-f]{24}/.exec(out)?.[0] ?? ''
  t.match((await run(notices, [letter])).out, /^To: dev@(acme|beta)\.example\nSubject: \[partner\] 25 days left/)
  t.match((await run(notices, [], { untold: true })).out, /old-content {2}kong:consumer:c4 {2}mute {2}no-contact/)
  t.equal(JSON.parse((await run(notices, [], { json: true, limit: '1' })).out).notices.length, 1)
  await t.rejects(run(notices, [], { state: 'sent' }), { code: 'LC_CLI_FLAGS', exit: 2 })
  await t.rejects(run(notices, [], { settle: letter, as: 'sent' }), { code: 'LC_CLI_ID' }, 'it is not unknown')
})

t.test('with a mail server named, letters wait until the list that was shown is approved', async t => {
  const smtp = { config: `${folder}/smtp.yaml` }
  t.match((await run(notify, [], { once: true, ...smtp })).out, /2 notices wait for approval/)
  const { out } = await run(approve, ['old-content'], smtp)
  t.match(out, /2 letters wait\n {2}dev@acme\.example {2}\(acme\) {2}countdown 30\n/)
  t.match(out, /Nothing was approved/)
  const digest = /--digest ([0-9a-f]{16})/.exec(out)?.[1] ?? ''
  await t.rejects(run(approve, ['old-content'], { ...smtp, digest: '0000000000000000' }), {
    code: 'LC_APPROVE_CHANGED',
    exit: 2,
  })
  t.match(JSON.parse((await run(approve, ['old-content'], { ...smtp, digest, json: true })).out), {
    approved: true,
    digest,
  })
  await t.rejects(run(notify, [], { once: true, ...smtp }), { code: 'LC_SMTP_CONNECT', exit: 3 })
  t.match((await run(notices, [], { state: 'queued' })).out, /queued/, 'the letter stays queued')
  await t.rejects(run(approve, [], smtp), { code: 'LC_CLI_FLAGS', exit: 2 })
})

t.test('ledger verify finds the log sound, and says when a kept seal is not in it', async t => {
  const { out, status } = await run(ledgerVerify, [])
  t.equal(status, 0)
  t.match(out, /\d+ events, 0 faults\nhead [0-9a-f]{64}\n/)
  t.equal((await run(ledgerVerify, [], { head: 'f'.repeat(64) })).status, 1)
  await t.rejects(run(ledgerVerify, [], { data: `${folder}/nowhere` }), { code: 'LC_LEDGER_NONE' })
})
