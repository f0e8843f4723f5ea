import t, { type Test } from 'tap'
import type { Carrier } from './deliver/carrier.ts'
import { approvalList, approve } from './ledger/approval.ts'
import { appendCommand } from './ledger/commands.ts'
import type { Outcome } from './ledger/hand-over.ts'
import { Ledger } from './ledger/ledger.ts'
import { openLedger } from './ledger/open.ts'
import { verifyLedger } from './ledger/verify.ts'
import { NOW, type Town, town } from './notifier.fixture.ts'
import type { Round } from './notifier.ts'
import { api, catalogue, customer, DAY, deprecation } from './plan/world.fixture.ts'

const HOUR = 3_600_000
const ID = 'content-generate'

/** A mail server that does as told, and remembers whom it was handed letters for. */
function postman(
  outcome: () => Outcome = () => ({ kind: 'accepted', answer: '250 ok' }),
): Carrier & { readonly handed: string[] } {
  const handed: string[] = []
  return {
    way: 'smtp',
    handed,
    ready: async () => undefined,
    async hand({ address }) {
      handed.push(address)
      return { outcome: outcome(), stop: '' }
    },
    close: async () => undefined,
  }
}

async function round(of: Town, carrier: Carrier, more: { recipientCap?: number } = {}): Promise<Round> {
  const notifier = of.start({ carrier, ...more })
  try {
    return await notifier.round()
  } finally {
    await notifier.close()
  }
}

function say<T>(of: Town, what: (ledger: Ledger) => T): T {
  const ledger = Ledger.open(of.ledgerFile)
  try {
    return what(ledger)
  } finally {
    ledger.close()
  }
}

const approveAll = (of: Town): void =>
  say(of, ledger => void approve(ledger, ID, approvalList(ledger, ID).digest, 100, of.clock.now()))

function states(of: Town): readonly string[] {
  const reader = openLedger(of.ledgerFile)
  const found = reader.notices(100).map(({ customer, stage, state }) => `${customer} ${stage ?? 'date'} ${state}`)
  reader.close()
  return [...found].sort()
}

const sound = (t: Test, of: Town) =>
  t.same(
    say(of, ledger => verifyLedger(ledger).faults),
    [],
  )

t.test('nothing leaves by SMTP before a person approved the list that was shown', async t => {
  const here = town(t.testdir())
  const mail = postman()
  await round(here, mail)
  t.match(await round(here, mail), { accepted: 0, waiting: 3 })
  t.same(mail.handed, [])
  const list = say(here, ledger => approvalList(ledger, ID))
  t.same(
    list.recipients.map(({ address }) => address),
    ['dev@acme.example', 'dev@beta.example', 'dev@gamma.example'],
  )
  approveAll(here)
  t.match(await round(here, mail), { accepted: 3, waiting: 0 })
  t.match(await round(here, mail), { accepted: 0 })
  t.equal(mail.handed.length, 3)
  sound(t, here)
})

t.test('a list that changed since it was shown is not approved', async t => {
  const here = town(t.testdir(), ['acme'])
  await round(here, postman())
  const { digest } = say(here, ledger => approvalList(ledger, ID))
  here.catalogue = catalogue([api()], [deprecation()], [customer('acme'), customer('beta')])
  here.traffic = [...here.traffic, { id: 'beta', last: NOW - HOUR }]
  await round(here, postman())
  t.throws(() => say(here, ledger => approve(ledger, ID, digest, 100, NOW)), { code: 'LC_APPROVE_CHANGED', exit: 2 })
})

t.test('a list longer than the recipient cap cannot be approved', async t => {
  const here = town(t.testdir())
  await round(here, postman())
  t.throws(() => say(here, ledger => approve(ledger, ID, approvalList(ledger, ID).digest, 2, NOW)), {
    code: 'LC_APPROVE_CAP',
  })
  t.throws(() => say(here, ledger => approvalList(ledger, 'nothing')), {
    code: 'LC_APPROVE_UNKNOWN',
    todo: /content-generate/,
  })
})

t.test('no round reaches more addresses than the cap; the rest goes in the next', async t => {
  const here = town(t.testdir())
  const mail = postman()
  await round(here, mail)
  approveAll(here)
  t.match(await round(here, mail, { recipientCap: 2 }), { accepted: 2, overCap: 1 })
  t.match(await round(here, mail, { recipientCap: 2 }), { accepted: 1, overCap: 0 })
  t.equal(new Set(mail.handed).size, 3)
})

t.test('an approved contact gets later stages of the same date; a new contact and a moved date wait again', async t => {
  const here = town(t.testdir(), ['acme'])
  const mail = postman()
  await round(here, mail)
  approveAll(here)
  await round(here, mail)
  here.clock.set(NOW + 15 * DAY)
  here.catalogue = catalogue([api()], [deprecation()], [customer('acme'), customer('beta')])
  here.traffic = ['acme', 'beta'].map(id => ({ id, last: here.clock.now() - HOUR }))
  t.match(await round(here, mail), { accepted: 1, waiting: 1 })
  t.same(states(here), ['acme 14 accepted', 'acme 30 accepted', 'beta 14 planned'])
  here.catalogue = catalogue(
    [api()],
    [deprecation({ sunset: { date: '2027-02-01', instant: '2027-01-31T23:00:00Z' } })],
    [customer('acme'), customer('beta')],
  )
  t.match(await round(here, mail), { accepted: 0, waiting: 2, superseded: 1 })
  t.same(states(here), [
    'acme 14 accepted',
    'acme 30 accepted',
    'acme date planned',
    'beta 14 superseded',
    'beta 60 planned',
  ])
  sound(t, here)
})

t.test('refused for now: tried again after a while, with the same Message-ID, and given up in the end', async t => {
  const here = town(t.testdir(), ['acme'])
  let outcome: Outcome = { kind: 'temporary', answer: '451 try later' }
  const mail = postman(() => outcome)
  await round(here, mail)
  approveAll(here)
  t.match(await round(here, mail), { retry: 1 })
  t.match(await round(here, mail), { retry: 0, accepted: 0 }, 'not at once')
  const reader = openLedger(here.ledgerFile)
  const before = reader.outbox(10)
  t.match(before, [{ state: 'retry', answer: '451 try later', attempts: 1 }])
  here.clock.set(NOW + 6 * 60_000)
  outcome = { kind: 'accepted', answer: '250 ok' }
  t.match(await round(here, mail), { accepted: 1 })
  t.match(reader.outbox(10), [{ state: 'accepted', attempts: 2, messageId: before[0]?.messageId }])
  reader.close()
  sound(t, here)
})

t.test('a mail server that refuses for days ends in failed, and says why', async t => {
  const here = town(t.testdir(), ['acme'])
  const mail = postman(() => ({ kind: 'temporary', answer: '451 try later' }))
  await round(here, mail)
  approveAll(here)
  for (let n = 0; n < 12; n++) {
    await round(here, mail)
    here.clock.set(here.clock.now() + DAY)
    here.traffic = [{ id: 'acme', last: here.clock.now() - HOUR }]
  }
  t.ok(states(here).includes('acme 30 failed'), states(here).join())
})

t.test('a refused address is shown as not reachable until a person says it is mended', async t => {
  const here = town(t.testdir(), ['acme'])
  let outcome: Outcome = { kind: 'permanent', answer: '550 no such user', address: true }
  const mail = postman(() => outcome)
  await round(here, mail)
  approveAll(here)
  t.match(await round(here, mail), { failed: 1 })
  here.clock.set(NOW + 15 * DAY)
  here.traffic = [{ id: 'acme', last: here.clock.now() - HOUR }]
  t.match(await round(here, mail), { planned: 0, untold: 1 })
  say(here, ledger => appendCommand(ledger, { kind: 'reachable', address: 'DEV@acme.example' }, here.clock.now()))
  outcome = { kind: 'accepted', answer: '250 ok' }
  t.match(await round(here, mail), { accepted: 1 })
  t.same(states(here), ['acme 14 accepted', 'acme 30 failed'])
})

t.test('an unknown letter is held until a person says what became of it, and later stages go on', async t => {
  const here = town(t.testdir(), ['acme'])
  let outcome: Outcome = { kind: 'unknown', answer: '' }
  const mail = postman(() => outcome)
  await round(here, mail)
  approveAll(here)
  t.match(await round(here, mail), { unknown: 1 })
  outcome = { kind: 'accepted', answer: '250 ok' }
  t.match(await round(here, mail), { accepted: 0 }, 'it is not sent again blindly')
  const reader = openLedger(here.ledgerFile)
  const letter = reader.outbox(1)[0]?.id ?? ''
  reader.close()
  say(here, ledger => appendCommand(ledger, { kind: 'settle', letter, sent: false }, here.clock.now()))
  t.match(await round(here, mail), { accepted: 1 }, 'a person said it was not sent')
  here.clock.set(NOW + 15 * DAY)
  here.traffic = [{ id: 'acme', last: here.clock.now() - HOUR }]
  t.match(await round(here, mail), { accepted: 1 })
  t.equal(mail.handed.length, 3)
  sound(t, here)
})

t.test('the outbox is a rehearsal: once real mail is set up, what lay there is told for real', async t => {
  const here = town(t.testdir(), ['acme'])
  const rehearsal = here.start()
  await rehearsal.round()
  t.match(await rehearsal.round(), { accepted: 1 })
  await rehearsal.close()
  const mail = postman()
  t.match(await round(here, mail), { accepted: 0, stopped: /first run/ })
  t.same(states(here), ['acme 30 planned'])
  approveAll(here)
  t.match(await round(here, mail), { accepted: 1 })
  sound(t, here)
})

t.test('a waiver leaves a customer in peace', async t => {
  const here = town(t.testdir(), ['acme'])
  const mail = postman()
  await round(here, mail)
  approveAll(here)
  say(here, ledger => appendCommand(ledger, { kind: 'waive', root: ID, customer: 'acme', until: '2026-12-10' }, NOW))
  t.match(await round(here, mail), { accepted: 0, held: 1 })
  here.clock.set(NOW + 19 * DAY)
  here.traffic = [{ id: 'acme', last: here.clock.now() - HOUR }]
  t.match(await round(here, mail), { accepted: 1 })
})

t.test('in a slow run the evidence is read again: who moves meanwhile gets nothing', async t => {
  const here = town(t.testdir())
  const mail = postman()
  await round(here, mail)
  approveAll(here)
  let waits = 0
  const notifier = here.start({
    carrier: mail,
    ratePerMinute: 1,
    onStep: step => {
      // Twelve days pass while the first letter is handed over, and the others have moved.
      if (step !== 'handed' || waits++ > 0) return
      here.clock.set(NOW + 12 * DAY)
      here.traffic = ['acme', 'beta', 'gamma'].map(id => ({ id, last: NOW - HOUR, successorFrom: NOW }))
    },
  })
  t.match(await notifier.round(), { accepted: 1, suppressed: 2, stopped: '' })
  await notifier.close()
  t.equal(mail.handed.length, 1)
  sound(t, here)
})
