import t from 'tap'
import type { SourceHour } from '../domain/usage.ts'
import { holeDays, isSeen } from './holes.ts'

const hour = (source: string, at: string, more: Partial<SourceHour> = {}): SourceHour => ({
  source,
  hour: Date.parse(at),
  outcome: 'call',
  reason: '',
  lines: 10,
  heartbeats: 0,
  through: Date.parse(at),
  lag: 0,
  ...more,
})

t.test('a day on which a feeding source was not seen is a hole', t => {
  const hours = [
    hour('edge', '2026-11-01T05:00:00Z'),
    hour('edge', '2026-11-03T05:00:00Z'),
    hour('edge', '2026-11-04T23:00:00Z'),
  ]
  t.same([...holeDays(hours, ['edge'], '2026-11-04')], ['2026-11-02'])
  t.same([...holeDays(hours, ['edge'], '2026-11-06')], ['2026-11-02', '2026-11-05', '2026-11-06'])
  t.end()
})

t.test('days before a source was first seen are none of its holes', t => {
  t.same([...holeDays([hour('new', '2026-11-04T05:00:00Z')], ['new'], '2026-11-04')], [])
  t.end()
})

t.test('one silent source among several makes the hole; sources of other APIs make none', t => {
  const hours = [
    hour('a', '2026-11-01T00:00:00Z'),
    hour('a', '2026-11-02T00:00:00Z'),
    hour('b', '2026-11-01T00:00:00Z'),
    hour('c', '2026-10-01T00:00:00Z'),
  ]
  t.same([...holeDays(hours, ['a', 'b'], '2026-11-02')], ['2026-11-02'])
  t.end()
})

t.test('a heartbeat fills a day without lines, unreadable lines do not', t => {
  t.ok(isSeen(hour('edge', '2026-11-01T00:00:00Z', { lines: 0, heartbeats: 60, outcome: 'heartbeat' })))
  t.ok(isSeen(hour('edge', '2026-11-01T00:00:00Z', { outcome: 'drop', reason: 'unknown-host' })))
  t.notOk(isSeen(hour('edge', '2026-11-01T00:00:00Z', { outcome: 'unparsed', reason: 'not-json' })))
  t.end()
})
