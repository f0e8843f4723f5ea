import t from 'tap'
import type { Tally } from '../../services/domain/block.ts'
import { aBlock } from '../topic/a-block.ts'
import { accountsOf } from './accounts.ts'

const HOUR = 3_600_000
const tally = (outcome: Tally['outcome'], lines: number, reason = '', hour = 7): Tally => ({
  hour: hour * HOUR,
  outcome,
  reason,
  lines,
})
const lines = (rows: ReturnType<typeof accountsOf>) =>
  rows.map(row => [row.hour / 3600, row.outcome, row.reason, row.lines])

t.test('lines of parts that count are added up by hour, outcome and reason; those of repeats are not', async t => {
  const block = aBlock(0, 9 * HOUR, [
    { tallies: [tally('call', 5), tally('dropped', 1, 'no-host')] },
    { tallies: [tally('call', 7)] },
    { tallies: [tally('call', 2), tally('call', 1, '', 8), tally('unparsed', 3, 'not-json')] },
  ])
  t.strictSame(lines(accountsOf([block], [['new', 'repeat', 'new']], [])), [
    [7, 'call', '', 7],
    [7, 'dropped', 'no-host', 1],
    [8, 'call', '', 1],
    [7, 'unparsed', 'not-json', 3],
  ])
})

t.test('rows set aside move from call to dead, hour by hour, and no sum changes', async t => {
  const block = aBlock(3, 9 * HOUR, [
    { first: 0, rows: 4, tallies: [tally('call', 1), tally('call', 3, '', 8)] },
    { first: 4, rows: 2, tallies: [tally('call', 2)] },
  ])
  const aside = [0, 1, 5].map(row => ({ offset: 3n, row }))
  const rows = accountsOf([block], [['new', 'new']], aside)
  t.strictSame(lines(rows), [
    [7, 'call', '', 1],
    [7, 'dead', 'refused-by-store', 2],
    [8, 'call', '', 2],
    [8, 'dead', 'refused-by-store', 1],
  ])
  t.ok(
    accountsOf([block], [['repeat', 'new']], aside).every(row => row.lines >= 0),
    'rows of a repeat are not moved',
  )
})

t.test('a part that straddles counts as dead under a reason of its own', async t => {
  const block = aBlock(0, HOUR, [{ first: 0, rows: 4, tallies: [tally('call', 4), tally('dropped', 2, 'no-host')] }])
  t.strictSame(lines(accountsOf([block], [['straddles']], [])), [
    [7, 'call', '', 0],
    [7, 'dead', 'straddles', 4],
    [7, 'dropped', 'no-host', 2],
  ])
})

t.test('a heartbeat counts in the hour of the log and says how far the source was read', async t => {
  const beat = aBlock(0, 9 * HOUR + 5)
  const block = { ...beat, headers: { ...beat.headers, heartbeat: { through: 8 * HOUR + 1_999 } } }
  t.match(accountsOf([block, block], [[], []], []), [
    { hour: 9 * 3600, outcome: '', lines: 0, heartbeats: 2, through: 8 * 3600 + 1 },
  ])
})

t.test('calls say how far a source came and how late it was', async t => {
  const plain = aBlock(0, 9 * HOUR, [{ tallies: [tally('call', 1)] }])
  const block = { ...plain, headers: { ...plain.headers, first: 1, last: 8 * HOUR } }
  t.match(accountsOf([block], [['new']], []), [{ through: 8 * 3600, lag: 3600 }])
})
