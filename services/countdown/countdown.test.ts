import t from 'tap'
import { countdown, dateIn, dueStages } from './countdown.ts'

const layers = { stages: [90, 60, 30, 14, 7, 1] }
const at = (date: string, zone = 'Europe/Berlin') => ({
  sunset: { date, instant: Temporal.PlainDate.from(date).toZonedDateTime(zone).toInstant().toString() },
})
const instant = (text: string): number => Temporal.Instant.from(text).epochMilliseconds
const day = (text: string) => Temporal.PlainDate.from(text)

t.test('days are calendar days in the zone of the API, whatever hour it is there', async t => {
  const sunset = at('2026-12-20')
  const left = (now: string): number | null => countdown(sunset, layers, 'Europe/Berlin', instant(now)).daysLeft
  t.equal(left('2026-12-18T22:59:59.999Z'), 2)
  t.equal(left('2026-12-18T23:00:00Z'), 1)
  t.equal(left('2026-12-19T22:59:59.999Z'), 1)
  t.equal(left('2026-12-19T23:00:00Z'), 0)
  t.equal(left('2026-12-20T23:00:00Z'), -1)
})

t.test('a day of 23 or 25 hours is one day', async t => {
  // Berlin: clocks go forward on 2026-03-29 and back on 2026-10-25.
  for (const [today, date, days] of [
    ['2026-03-28T23:00:00Z', '2026-03-30', 1],
    ['2026-03-28T22:59:00Z', '2026-03-30', 2],
    ['2026-10-24T22:00:00Z', '2026-10-26', 1],
    ['2026-10-24T21:59:00Z', '2026-10-26', 2],
    ['2026-01-01T12:00:00Z', '2026-12-31', 364],
  ] as const)
    t.equal(countdown(at(date), layers, 'Europe/Berlin', instant(today)).daysLeft, days, today)
})

t.test('the same instant is another day in another zone', async t => {
  const now = instant('2026-12-19T11:30:00Z')
  t.equal(countdown(at('2026-12-20', 'Pacific/Auckland'), layers, 'Pacific/Auckland', now).daysLeft, 0)
  t.equal(countdown(at('2026-12-20', 'Pacific/Pago_Pago'), layers, 'Pacific/Pago_Pago', now).daysLeft, 1)
  t.equal(dateIn('Asia/Kolkata', instant('2026-06-30T18:30:00Z')).toString(), '2026-07-01')
})

t.test('a date in the zone counts like any instant of that day', async t => {
  t.equal(countdown(at('2026-12-20'), layers, 'Europe/Berlin', day('2026-12-01')).daysLeft, 19)
  t.equal(countdown(at('2028-03-01'), layers, 'Europe/Berlin', day('2028-02-28')).daysLeft, 2)
})

t.test('the stage is the last one reached', async t => {
  const stage = (days: number): number | null =>
    countdown(at('2026-12-20'), layers, 'Europe/Berlin', day('2026-12-20').subtract({ days })).stage
  t.same([91, 90, 89, 61, 60, 15, 14, 8, 7, 2, 1].map(stage), [null, 90, 90, 90, 60, 30, 14, 14, 7, 7, 1])
})

t.test('from the sunset on nobody is told how many days are left, only what the policy says afterwards', async t => {
  const after = { stages: [7, 1, 0, -7] }
  const stage = (days: number, policy = after): number | null =>
    countdown(at('2026-12-20'), policy, 'Europe/Berlin', day('2026-12-20').subtract({ days })).stage
  t.same(
    [1, 0, -1, -6, -7, -30].map(days => stage(days)),
    [1, 0, 0, 0, -7, -7],
  )
  t.same(
    [0, -1].map(days => stage(days, layers)),
    [null, null],
  )
})

t.test('the stages due are those reached so far, oldest first, in whatever order the policy lists them', async t => {
  t.same(dueStages(20, [1, 30, 60, 14]), [60, 30])
  t.same(dueStages(100, [1, 30, 60, 14]), [])
  t.same(dueStages(null, [1, 30]), [])
})

t.test('without a date nothing counts down', async t => {
  t.same(countdown({ sunset: undefined }, layers, 'UTC', 0), { daysLeft: null, stage: null, lastDay: null })
})

t.test(
  'the last day of service is the one before the date, and the same one for a sunset in the middle of a day',
  async t => {
    t.equal(countdown(at('2026-12-20'), layers, 'Europe/Berlin', 0).lastDay, '2026-12-19')
    t.equal(countdown(at('2026-03-01'), layers, 'Europe/Berlin', 0).lastDay, '2026-02-28')
    const noon = { sunset: { date: '2026-12-20', instant: '2026-12-20T11:00:00Z' } }
    t.equal(countdown(noon, layers, 'Europe/Berlin', 0).lastDay, '2026-12-20')
    // A day without a midnight begins at one o'clock.
    t.equal(countdown(at('2026-03-29', 'Asia/Beirut'), layers, 'Asia/Beirut', 0).lastDay, '2026-03-28')
  },
)
