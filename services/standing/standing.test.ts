import t from 'tap'
import { worldOf } from '../../test/small-world.ts'
import type { Deprecation } from '../domain/catalogue.ts'
import { standingOf } from './standing.ts'

const NOW = Date.UTC(2026, 10, 22, 15)
const DAY = 86_400_000
const day = (back: number): string => new Date(NOW - back * DAY).toISOString().slice(0, 10)

const usage = (
  consumer: string,
  last: number,
  more: Partial<{ calls7d: number; calls7dBefore: number; callsRecent: number }> = {},
) => ({
  consumer,
  customer: null,
  calls: 10,
  first: NOW - 90 * DAY,
  last,
  calls7d: 0,
  calls7dBefore: 0,
  callsRecent: 0,
  operations: [],
  agents: [],
  ...more,
})
const daily = (consumer: string, side: 'old' | 'successor', from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, index) => ({ consumer, side, day: day(from - index), calls: 3, slots: 1n }))

const catalogue = worldOf([{ id: 'partner', operations: ['POST /v1/x/{id}'], deprecated: ['POST /v1/x/{id}'] }])
const [api] = catalogue.apis.values()
const [undated] = catalogue.deprecations.values()
if (api === undefined || undated === undefined) throw new Error('the small world is empty')
const deprecation: Deprecation = {
  ...undated,
  announced: '2026-08-01',
  sunset: { date: '2026-12-20', instant: '2026-12-20T00:00:00Z' },
}

t.test('who has moved is not left, who still calls is, and keyless calls are counted but are nobody', async t => {
  const standing = standingOf(
    catalogue,
    deprecation,
    api,
    [
      usage('k:consumer:a', NOW - DAY, { callsRecent: 21 }),
      usage('k:consumer:b', NOW - 40 * DAY),
      usage('', NOW - DAY, { callsRecent: 5 }),
    ],
    [
      ...daily('k:consumer:a', 'old', 60, 1),
      ...daily('k:consumer:b', 'old', 90, 40),
      ...daily('k:consumer:b', 'successor', 40, 1),
    ],
    new Set(),
    NOW,
  )
  t.strictSame(
    standing.consumers.map(one => [one.consumer, one.state]),
    [
      ['k:consumer:a', 'active'],
      ['k:consumer:b', 'migrated'],
    ],
  )
  t.equal(standing.consumersLeft, 1)
  t.equal(standing.calls7d, 26)
  t.equal(standing.unidentifiedCalls7d, 5)
  t.equal(standing.countdown.daysLeft, 28)
  t.equal(standing.state, 'countdown')
})

t.test('who had migrated and calls today is a relapse today, not tomorrow', async t => {
  const standing = standingOf(
    catalogue,
    deprecation,
    api,
    [usage('k:consumer:b', NOW - 60_000, { callsRecent: 1 })],
    [...daily('k:consumer:b', 'old', 90, 40), ...daily('k:consumer:b', 'successor', 40, 1)],
    new Set(),
    NOW,
  )
  t.equal(standing.consumers[0]?.state, 'relapsed')
  t.equal(standing.consumersLeft, 1)
})

t.test('a first call today is left, before its first day is over', async t => {
  const standing = standingOf(catalogue, deprecation, api, [usage('k:consumer:new', NOW - 60_000)], [], new Set(), NOW)
  t.equal(standing.consumers[0]?.state, 'active')
})

t.test('a deprecation without a date has its policy’s word for a state', async t => {
  const plain = { ...deprecation, sunset: undefined }
  t.equal(standingOf(catalogue, plain, api, [], [], new Set(), NOW).state, api.policy.withoutDate)
})
