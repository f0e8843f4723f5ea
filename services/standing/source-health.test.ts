import t from 'tap'
import { defaultSource } from '../config/open-catalogue.ts'
import type { SourceHour } from '../domain/usage.ts'
import { healthOf, hourHealths } from './source-health.ts'

const NOW = Date.UTC(2026, 10, 22, 15, 30)
const HOUR = 3_600_000
const THIS_HOUR = Date.UTC(2026, 10, 22, 15)

const hour = (back: number, more: Partial<SourceHour> = {}): SourceHour => {
  const at = THIS_HOUR - back * HOUR
  return {
    ...{ source: 'edge', hour: at, outcome: 'call', reason: '', lines: 10, heartbeats: 0, through: at, lag: 1 },
    ...more,
  }
}
const healthy = (hours: readonly SourceHour[], weights: ReadonlyMap<string, number> = new Map()) =>
  healthOf([defaultSource('edge')], hours, weights, NOW)[0]

t.test('late is how late the calls of the latest hour with calls came', async t => {
  t.match(healthy([hour(2, { lag: 900 }), hour(1, { lag: 4 }), hour(0, { outcome: 'unparsed', lag: 0 })]), { lag: 4 })
  t.match(healthy([hour(0, { outcome: '', lines: 0, heartbeats: 3, lag: 0 })]), { lag: null }, 'a heartbeat is no call')
})

t.test('a clock that is ahead shows by events of after the hour, and of after now', async t => {
  t.match(healthy([hour(0, { through: NOW - 1_000 })]), { ahead: 0 })
  t.match(healthy([hour(0, { through: NOW + 40_000 })]), { ahead: 40 })
  t.match(healthy([hour(3, { through: THIS_HOUR - 2 * HOUR + 300_000 }), hour(0)]), { ahead: 300 })
})

t.test('silent hours lie between the first and the last that were heard, heartbeats included', async t => {
  const hours = [hour(5), hour(3, { outcome: '', lines: 0, heartbeats: 1 }), hour(1)]
  t.strictSame(healthy(hours)?.silentHours, [THIS_HOUR - 4 * HOUR, THIS_HOUR - 2 * HOUR])
  t.strictSame(healthy([])?.silentHours, [])
})

t.test('a source samples when its calls stand for more than themselves', async t => {
  t.match(healthy([hour(0)]), { weight: 1 })
  t.match(healthy([hour(0)], new Map([['edge', 10]])), { weight: 10 })
})

t.test('hours of other sources are not its own', async t => {
  t.match(healthy([hour(0, { source: 'other', through: NOW + 500_000, lag: 77 })]), { lag: null, ahead: 0, lines: 0 })
})

t.test('each hour says its own, whatever outcomes it had and in whatever order they come', async t => {
  const hours = [hour(0, { lag: 3 }), hour(1, { outcome: 'dropped', reason: 'no-host', lag: 0 }), hour(1, { lag: 9 })]
  t.strictSame(hourHealths(hours, NOW), [
    { hour: THIS_HOUR - HOUR, lag: 9, ahead: 0 },
    { hour: THIS_HOUR, lag: 3, ahead: 0 },
  ])
})
