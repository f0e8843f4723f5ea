import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import t, { type Test } from 'tap'
import { plan } from '../plan/acme.fixture.ts'
import { at } from '../plan/world.fixture.ts'
import { appendCommand, applyCommands } from './commands.ts'
import { heldReason, holdLedger, releaseLedger } from './held.ts'
import { Ledger } from './ledger.ts'
import { lockNotify } from './lock.ts'
import { openLedger } from './open.ts'
import { recordPlan } from './record.ts'
import { verifyLedger } from './verify.ts'
import { ledgerView } from './view.ts'

const NOW = at('2026-11-22T09:00:00Z')
const fresh = (t: Test): string => join(t.testdir(), 'ledger.db')

/** A ledger with one planned notice, and how to break it behind its back. */
function planned(t: Test): { readonly ledger: Ledger; readonly breakIn: (sql: string) => void } {
  const file = fresh(t)
  const ledger = Ledger.open(file)
  recordPlan(ledger, plan(NOW), NOW)
  const breakIn = (sql: string): void => {
    const db = new DatabaseSync(file)
    db.exec(sql)
    db.close()
  }
  return { ledger, breakIn }
}

t.test('the same plan recorded twice changes nothing', t => {
  const { ledger } = planned(t)
  t.match(recordPlan(ledger, plan(NOW), NOW + 1), { planned: 0, superseded: 0, suppressed: 0 })
  t.equal(ledger.all('SELECT id FROM notices').length, 1)
  t.end()
})

t.test('a sound ledger verifies, and its head changes with every event', t => {
  const { ledger } = planned(t)
  const before = verifyLedger(ledger)
  t.same(before.faults, [])
  appendCommand(ledger, { kind: 'release' }, NOW)
  t.not(verifyLedger(ledger).head, before.head)
  t.same(verifyLedger(ledger, before.head).faults, [])
  t.match(verifyLedger(ledger, 'f'.repeat(64)).faults, [/cut short/])
  t.end()
})

for (const [what, sql, fault] of [
  ['an event altered', `DROP TRIGGER events_stay; UPDATE events SET detail = 'x' WHERE seq = 1`, /seal/],
  ['an event taken out', `DROP TRIGGER events_last; DELETE FROM events WHERE seq = 1`, /missing/],
  ['a notice’s state altered', `UPDATE notices SET state = 'accepted'`, /its last event says planned/],
  ['a notice taken out', `DELETE FROM notices`, /its row is gone/],
] as const) {
  t.test(`${what} behind the ledger’s back shows`, t => {
    const { ledger, breakIn } = planned(t)
    appendCommand(ledger, { kind: 'release' }, NOW)
    breakIn(sql)
    t.match(verifyLedger(ledger).faults.join('\n'), fault)
    t.end()
  })
}

t.test('events and commands can be appended, not changed or deleted', t => {
  const { ledger, breakIn } = planned(t)
  appendCommand(ledger, { kind: 'release' }, NOW)
  t.throws(() => breakIn('DELETE FROM events'), /append-only/)
  t.throws(() => breakIn(`UPDATE events SET at = 0`), /append-only/)
  t.throws(() => breakIn('DELETE FROM commands'), /append-only/)
  t.throws(() => breakIn(`UPDATE commands SET kind = 'waive'`), /append-only/)
  t.end()
})

t.test('a command is carried out once', t => {
  const { ledger } = planned(t)
  appendCommand(ledger, { kind: 'bounce', address: 'Dev@Acme.example', reason: '550' }, NOW)
  t.equal(applyCommands(ledger, NOW), 1)
  t.equal(applyCommands(ledger, NOW), 0)
  t.same([...ledgerView(ledger, '2026-11-22').refused], [['dev@acme.example', '550']])
  t.end()
})

t.test('a transaction that throws leaves nothing behind', t => {
  const ledger = Ledger.open(fresh(t))
  t.throws(() =>
    ledger.transaction(() => {
      ledger.setMeta('half', 'done')
      throw new Error('no')
    }),
  )
  t.equal(ledger.meta('half'), undefined)
  t.end()
})

t.test('a restored ledger is held until a person releases it', t => {
  const ledger = Ledger.open(fresh(t))
  holdLedger(ledger, 'restored on 2026-11-22', NOW)
  t.equal(heldReason(ledger), 'restored on 2026-11-22')
  releaseLedger(ledger, NOW)
  t.equal(heldReason(ledger), '')
  t.end()
})

t.test('the ledger is its owner’s alone', t => {
  const file = fresh(t)
  Ledger.open(file).close()
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.end()
})

t.test('what is no ledger, or a newer one, is said with what to do', t => {
  const folder = t.testdir({ 'not-a-db': 'hello hello hello hello', file: '' })
  t.throws(() => Ledger.open(join(folder, 'not-a-db')), { code: 'LC_LEDGER_OPEN', exit: 3 })
  t.throws(() => Ledger.open(join(folder, 'file', 'ledger.db')), { code: 'LC_LEDGER_OPEN' })
  const newer = join(folder, 'newer.db')
  Ledger.open(newer).close()
  const db = new DatabaseSync(newer)
  db.exec('PRAGMA user_version = 99')
  db.close()
  t.throws(() => Ledger.open(newer), { code: 'LC_LEDGER_VERSION' })
  t.end()
})

t.test('the lock is free again once its holder lets go, and says so when it cannot be made', t => {
  const folder = t.testdir({ 'x.lock': {} })
  const file = join(folder, 'ledger.db')
  const lock = lockNotify(file)
  t.throws(() => lockNotify(file), { code: 'LC_NOTIFY_RUNNING' })
  lock.release()
  lockNotify(file).release()
  t.throws(() => lockNotify(join(folder, 'x')), { code: 'LC_NOTIFY_LOCK' })
  t.end()
})

t.test('an empty ledger answers every question with nothing', t => {
  const folder = t.testdir()
  mkdirSync(join(folder, 'data'))
  writeFileSync(join(folder, 'data', 'other'), '')
  const reader = openLedger(join(folder, 'data', 'ledger.db'))
  t.same(
    [
      reader.notices(10),
      reader.outbox(10),
      reader.campaigns(),
      reader.holds(),
      reader.untold(),
      reader.held(),
      reader.lastRound(),
    ],
    [[], [], [], [], [], '', 0],
  )
  reader.close()
  t.end()
})
