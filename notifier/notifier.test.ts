import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import t, { type Test } from 'tap'
import { appendCommand } from './ledger/commands.ts'
import { Ledger } from './ledger/ledger.ts'
import { openLedger } from './ledger/open.ts'
import { verifyLedger } from './ledger/verify.ts'
import { NOW, type Town, town } from './notifier.fixture.ts'
import { api, catalogue, customer, DAY, deprecation } from './plan/world.fixture.ts'

const letters = (of: Town): string[] => (existsSync(of.outboxFolder) ? readdirSync(of.outboxFolder).sort() : [])

/** Rounds until nothing new happens; the first only plans. */
async function rounds(of: Town, count = 1): Promise<void> {
  const notifier = of.start()
  try {
    for (let n = 0; n < count; n++) await notifier.round()
  } finally {
    await notifier.close()
  }
}

const sound = (t: Test, of: Town): void => {
  const ledger = Ledger.open(of.ledgerFile)
  t.same(verifyLedger(ledger).faults, [], 'the event log and the rows agree')
  ledger.close()
}

t.test('the first run plans and sends nothing; the second sends; the third sends nothing twice', async t => {
  const here = town(t.testdir())
  const notifier = here.start()
  t.match(await notifier.round(), { planned: 3, accepted: 0, stopped: 'the first run plans and sends nothing' })
  t.same(letters(here), [])
  t.match(await notifier.round(), { planned: 0, accepted: 3, stopped: '' })
  t.equal(letters(here).length, 3)
  t.match(await notifier.round(), { planned: 0, accepted: 0, stopped: '' })
  await notifier.close()
  await rounds(here, 2)
  t.equal(letters(here).length, 3)
  sound(t, here)
})

t.test('a letter in the outbox is a whole mail that an independent parser reads', async t => {
  const here = town(t.testdir(), ['acme'])
  await rounds(here, 2)
  const [name = ''] = letters(here)
  const mail = await simpleParser(readFileSync(join(here.outboxFolder, name)))
  t.equal(mail.subject, '[partner] 28 days left: POST /v1/content/{id}/generate')
  t.match(mail.to, { text: 'dev@acme.example' })
  t.match(mail.from, { text: '"API changes" <api-changes@provider.example>' })
  t.match(mail.replyTo, { text: 'support@partner.example' })
  t.equal(mail.headers.get('auto-submitted'), 'auto-generated')
  t.match(mail.messageId, /^<lastcall\.[0-9a-f]{32}@provider\.example>$/)
  t.match(mail.text, /POST \/v1\/content\/\{id\}\/generate\n {4}1,200 calls/)
  t.match(mail.text, /prompt → input\.prompt/)
  t.match(mail.html, /<code>acme-sdk\/3\.1<\/code>/)
  const reader = openLedger(here.ledgerFile)
  const detail = reader.letter(name.replace('.eml', ''))
  t.same(detail?.source, readFileSync(join(here.outboxFolder, name)), 'the ledger keeps what left, byte for byte')
  t.equal(detail?.messageId, mail.messageId)
  reader.close()
})

t.test('the letters of a countdown are one thread', async t => {
  const here = town(t.testdir(), ['acme'])
  await rounds(here, 2)
  here.clock.set(NOW + 15 * DAY)
  here.traffic = [{ id: 'acme', last: here.clock.now() - 3_600_000 }]
  await rounds(here)
  const mails = await Promise.all(letters(here).map(name => simpleParser(readFileSync(join(here.outboxFolder, name)))))
  const [first, second] = mails.sort((a, b) => (a.date?.getTime() ?? 0) - (b.date?.getTime() ?? 0))
  t.equal(second?.inReplyTo, first?.messageId)
  t.not(second?.messageId, first?.messageId)
})

t.test('a customer that moves between plan and hand-over gets nothing', async t => {
  const here = town(t.testdir(), ['acme'])
  await rounds(here)
  here.clock.set(NOW + 14 * DAY)
  here.traffic = [{ id: 'acme', last: NOW + DAY, successorFrom: NOW }]
  await rounds(here)
  t.same(letters(here), [])
  const reader = openLedger(here.ledgerFile)
  t.match(reader.notices(10), [{ state: 'suppressed', reason: 'the customer has migrated' }])
  reader.close()
})

t.test('on stale data letters are held with their reason, and go when the source is seen again', async t => {
  const here = town(t.testdir(), ['acme'])
  await rounds(here)
  here.seen = NOW - 2 * DAY
  await rounds(here)
  t.same(letters(here), [])
  const reader = openLedger(here.ledgerFile)
  t.match(reader.holds('content-generate'), [{ customer: 'acme', reason: /source "edge" was last seen 2026-11-20/ }])
  reader.close()
  here.seen = undefined
  await rounds(here)
  t.equal(letters(here).length, 1)
})

t.test('after a pause only the newest missed stage goes; the older plan is superseded', async t => {
  const here = town(t.testdir(), ['acme'])
  await rounds(here)
  here.clock.set(NOW + 22 * DAY)
  here.traffic = [{ id: 'acme', last: here.clock.now() - 3_600_000 }]
  await rounds(here)
  t.equal(letters(here).length, 1)
  const reader = openLedger(here.ledgerFile)
  t.same(
    reader.notices(10).map(({ stage, state }) => [stage, state]),
    [
      [7, 'accepted'],
      [30, 'superseded'],
    ],
  )
  reader.close()
})

t.test('several deprecations of an API are one letter to a contact, and each notice is in one letter', async t => {
  const here = town(t.testdir(), ['acme'])
  here.catalogue = catalogue(
    [api()],
    [deprecation(), deprecation({ id: 'old-version', thing: { kind: 'version', version: 'v0' } })],
    [customer('acme')],
  )
  await rounds(here, 2)
  t.equal(letters(here).length, 1)
  const reader = openLedger(here.ledgerFile)
  t.equal(reader.outbox(10)[0]?.notices.length, 2)
  t.match(reader.outbox(10)[0]?.subject, /\(and 1 more\)$/)
  reader.close()
})

t.test('a second notify on the same ledger is refused', async t => {
  const here = town(t.testdir())
  const first = here.start()
  t.throws(() => here.start(), { code: 'LC_NOTIFY_RUNNING', exit: 3 })
  await first.close()
  await here.start().close()
})

t.test('a copied ledger sends nothing until a person releases it', async t => {
  const here = town(join(t.testdir({ old: {}, new: {} }), 'old'), ['acme'])
  await rounds(here)
  const there = town(join(here.outboxFolder, '..', '..', 'new'), ['acme'])
  copyFileSync(here.ledgerFile, there.ledgerFile)
  const notifier = there.start()
  t.match(await notifier.round(), { accepted: 0, stopped: /copy of a ledger/ })
  const ledger = Ledger.open(there.ledgerFile)
  appendCommand(ledger, { kind: 'release' }, NOW)
  ledger.close()
  t.match(await notifier.round(), { accepted: 1, stopped: '' })
  await notifier.close()
})

t.test('a letter that cannot be written is told of, and the others go', async t => {
  const here = town(t.testdir(), ['acme', 'beta'])
  const broken = customer('beta', [
    { address: 'dev@beta.example', role: 'developer', language: 'en', zone: 'Not/AZone' },
  ])
  here.catalogue = catalogue([api()], [deprecation()], [customer('acme'), broken])
  const troubles: string[] = []
  const notifier = here.start({ onStep: (step, what) => step === 'trouble' && troubles.push(what) })
  await notifier.round()
  t.match(await notifier.round(), { accepted: 1 })
  await notifier.close()
  t.match(troubles, [/beta: the letter could not be written/])
  t.equal(letters(here).length, 1)
})

t.test('a deprecation that leaves the catalogue takes what waited with it', async t => {
  const here = town(t.testdir(), ['acme'])
  await rounds(here)
  here.catalogue = catalogue([api()], [], [customer('acme')])
  await rounds(here)
  t.same(letters(here), [])
  const reader = openLedger(here.ledgerFile)
  t.match(reader.notices(10), [{ state: 'suppressed', reason: 'its deprecation left the catalogue' }])
  reader.close()
})

t.test('the ledger answers what the board asks', async t => {
  const here = town(t.testdir(), ['acme', 'beta'])
  here.catalogue = catalogue([api()], [deprecation()], [customer('acme'), customer('beta', [])])
  await rounds(here, 2)
  const reader = openLedger(here.ledgerFile)
  t.match(reader.noticesOf('content-generate'), [
    { state: 'accepted', customer: 'acme', stage: 30, evidence: { calls: 1200 } },
  ])
  t.equal(reader.noticesTo('acme').length, 1)
  t.same(reader.noticesTo('nobody'), [])
  t.match(reader.untold('content-generate'), [{ customer: 'beta', reason: 'no-contact' }])
  t.match(reader.campaigns(), [{ deprecation: 'content-generate', recipients: 1, waiting: 1 - 1 }])
  t.equal(reader.held(), '')
  t.equal(reader.lastRound(), NOW)
  const [letter] = reader.outbox(10)
  t.match(reader.letter(letter?.id ?? ''), {
    text: /28 days left/,
    html: /28 days left/,
    way: 'outbox',
    answer: /\.eml$/,
  })
  t.equal(reader.letter('l000'), undefined)
  t.equal(reader.notice(reader.notices(1)[0]?.id ?? '')?.letter, letter?.id)
  t.same(reader.notices(10, reader.notices(1)[0]?.id), [])
  reader.close()
})
