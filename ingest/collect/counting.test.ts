import t from 'tap'
import { drop, unparsed } from '../../services/domain/outcome.ts'
import { ByteBudget } from './budget.ts'
import { emptyReceipt, PartTally } from './tallies.ts'

const HOUR = 3_600_000

t.test('lines are calls, unparsed and dropped by reason, in the hour of receipt', async t => {
  const tally = new PartTally()
  for (const outcome of [
    { kind: 'ok', value: 1 } as const,
    unparsed('encoding'),
    drop('time-range'),
    drop('time-range'),
    drop('unknown-host'),
  ])
    tally.count(outcome)
  const hour = 5 * HOUR
  t.strictSame(tally.tallies(hour + 1_234), [
    { hour, outcome: 'call', reason: '', lines: 1 },
    { hour, outcome: 'unparsed', reason: 'encoding', lines: 1 },
    { hour, outcome: 'dropped', reason: 'time-range', lines: 2 },
    { hour, outcome: 'dropped', reason: 'unknown-host', lines: 1 },
  ])
})

t.test('a receipt is the sum of its parts', async t => {
  const receipt = emptyReceipt()
  for (const outcome of [
    { kind: 'ok', value: 1 } as const,
    unparsed('encoding'),
    drop('time-range'),
    drop('time-range'),
  ]) {
    const part = new PartTally()
    part.count(outcome)
    part.addTo(receipt)
  }
  t.strictSame(receipt, { lines: 4, calls: 1, unparsed: 1, dropped: { 'time-range': 2 } })
})

t.test('uploads together never hold more than the budget, yet one alone always fits', async t => {
  const budget = new ByteBudget(100)
  t.ok(budget.take(60))
  t.notOk(budget.take(41))
  t.equal(budget.held, 60, 'what was refused is not held')
  t.ok(budget.take(40))
  budget.give(100)
  t.ok(budget.take(1_000), 'else it would be refused for ever')
  t.notOk(budget.take(1))
  budget.give(1_000)
  t.equal(budget.held, 0)
})
