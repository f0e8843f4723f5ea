import fc from 'fast-check'
import t from 'tap'
import { type DayOfUse, dayNumber, dayText } from './days.ts'
import { migrationState } from './state.ts'

const TODAY = '2026-11-21'
const NONE: ReadonlySet<string> = new Set()

/** Days of use from `from` to `until`, every `step` days, in one half-hour. */
function every(step: number, from: string, until: string, slot = 20n): DayOfUse[] {
  const days: DayOfUse[] = []
  for (let at = dayNumber(from); at <= dayNumber(until); at += step)
    days.push({ day: dayText(at), calls: 10, slots: 1n << slot })
  return days
}
const on = (...days: string[]): DayOfUse[] => days.map(day => ({ day, calls: 10, slots: 1n << 30n }))
const state = (old: DayOfUse[], successor: DayOfUse[], today = TODAY, holes = NONE) =>
  migrationState(old, successor, holes, today)

t.test('who never called the old one has state never, whatever else it calls', t => {
  t.equal(state([], every(1, '2026-10-01', TODAY)).state, 'never')
  t.end()
})

t.test('a daily caller of the old one only is active', t => {
  const found = state(every(1, '2026-08-01', '2026-11-21'), [])
  t.match(found, { state: 'active', since: '2026-08-01', silentFor: 0, need: 8 })
  t.end()
})

t.test('a daily caller of both sides is migrating, from the first call to the successor on', t => {
  const found = state(every(1, '2026-08-01', TODAY), every(1, '2026-10-10', TODAY))
  t.match(found, { state: 'migrating', since: '2026-10-10' })
  t.end()
})

t.test('a daily caller that went over to the successor is migrated after 8 silent days, not before', t => {
  const old = every(1, '2026-08-01', '2026-11-01')
  const next = every(1, '2026-11-01', TODAY)
  t.match(state(old, next, '2026-11-08'), { state: 'sleeping', silentFor: 7, backBy: '2026-11-09' })
  t.match(state(old, next, '2026-11-09'), { state: 'migrated', silentFor: 8, since: '2026-11-02' })
  t.end()
})

t.test('a caller that fell silent without a successor has stopped, and is not called migrated', t => {
  const found = state(every(1, '2026-08-01', '2026-10-01'), [])
  t.equal(found.state, 'stopped')
  t.match(found.why, /never called the successor/)
  t.end()
})

t.test('a successor seen only before the last old call is no migration', t => {
  t.equal(state(every(1, '2026-08-01', '2026-10-01'), on('2026-09-01')).state, 'stopped')
  t.end()
})

t.test('a weekday job that is silent over a weekend is neither sleeping long nor gone', t => {
  const weekdays = every(1, '2026-08-03', '2026-11-20').filter(
    ({ day }) => new Date(`${day}T00:00:00Z`).getUTCDay() % 6 !== 0,
  )
  t.equal(state(weekdays, [], '2026-11-21').state, 'active')
  t.equal(state(weekdays, [], '2026-11-23').state, 'sleeping')
  t.equal(state(weekdays, [], '2026-11-27').state, 'sleeping')
  t.equal(state(weekdays, [], '2026-11-28').state, 'stopped')
  t.end()
})

t.test('a weekly job that missed one week sleeps, and a second miss tells', t => {
  const weekly = every(7, '2026-06-01', '2026-11-02')
  t.equal(state(weekly, [], '2026-11-08').state, 'active')
  t.match(state(weekly, [], '2026-11-10'), { state: 'sleeping', need: 10, backBy: '2026-11-12' })
  t.equal(state(weekly, [], '2026-11-12').state, 'stopped')
  t.end()
})

t.test('a month-end job sleeps for weeks before it may be called gone', t => {
  const monthEnd = on('2026-07-31', '2026-08-31', '2026-09-30')
  t.equal(state(monthEnd, [], '2026-10-29').state, 'active')
  t.equal(state(monthEnd, [], '2026-11-05').state, 'sleeping')
  t.equal(state(monthEnd, every(1, '2026-10-02', '2026-10-05'), '2026-10-20').state, 'migrating')
  t.equal(state(monthEnd, [], '2027-01-15').state, 'stopped')
  t.end()
})

t.test('a month-end job whose turn the successor took over is migrated five weeks after its last call', t => {
  const monthEnd = on('2026-06-30', '2026-07-31', '2026-08-31', '2026-09-30')
  const next = on('2026-10-31')
  t.equal(state(monthEnd, next, '2026-11-04').state, 'sleeping')
  t.equal(state(monthEnd, next, '2026-11-05').state, 'migrated')
  t.equal(state(monthEnd, [], '2026-11-05').state, 'sleeping')
  t.end()
})

t.test('a busy successor does not shorten the wait for a month-end job', t => {
  const monthEnd = on('2026-06-30', '2026-07-31', '2026-08-31', '2026-09-30')
  t.equal(state(monthEnd, every(1, '2026-10-05', TODAY), '2026-11-05').state, 'sleeping')
  t.end()
})

t.test('a daily caller with a month-end job of its own half-hour is not done before that job had its turn', t => {
  const daily = every(1, '2026-06-01', '2026-10-10')
  const monthEnd = ['2026-06-30', '2026-07-31', '2026-08-31', '2026-09-30'].map(day => ({
    day,
    calls: 1,
    slots: 1n << 3n,
  }))
  const next = every(1, '2026-10-10', TODAY)
  t.match(state([...daily, ...monthEnd], next, '2026-10-20'), { state: 'sleeping', why: /monthly or quarterly job/ })
  t.equal(state([...daily, ...monthEnd], next, '2026-11-05').state, 'migrated')
  t.equal(state(daily, next, '2026-10-20').state, 'migrated')
  t.end()
})

t.test('a daily caller that doubles its volume at the turn of the month is waited for until the next one', t => {
  const daily = every(1, '2026-07-01', '2026-10-10').map(day => (day.day.endsWith('-01') ? { ...day, calls: 50 } : day))
  t.equal(state(daily, every(1, '2026-10-10', TODAY), '2026-10-25').state, 'sleeping')
  t.equal(state(daily, every(1, '2026-10-10', TODAY), '2026-11-06').state, 'migrated')
  t.end()
})

t.test('who came once may come again within 35 days', t => {
  t.match(state(on('2026-10-20'), [], TODAY), { state: 'sleeping', need: 35 })
  t.equal(state(on('2026-10-17'), [], TODAY).state, 'stopped')
  t.end()
})

t.test('who was migrated and calls the old one again has relapsed, since the day it came back', t => {
  const old = [...every(1, '2026-08-01', '2026-09-15'), ...every(1, '2026-11-15', TODAY)]
  t.match(state(old, every(1, '2026-09-10', TODAY)), { state: 'relapsed', since: '2026-11-15' })
  t.end()
})

t.test('who stopped without a successor and comes back is active, not relapsed', t => {
  const old = [...every(1, '2026-08-01', '2026-09-15'), ...every(1, '2026-11-15', TODAY)]
  t.equal(state(old, []).state, 'active')
  t.end()
})

t.test('days without data are no silence: a hole of 20 days proves nothing', t => {
  const old = every(1, '2026-08-01', '2026-10-31')
  const holes = new Set(every(1, '2026-11-01', '2026-11-20').map(({ day }) => day))
  t.equal(state(old, every(1, '2026-10-01', TODAY), TODAY, holes).state, 'migrating')
  t.equal(state(old, every(1, '2026-10-01', TODAY), '2026-11-28', holes).state, 'migrated')
  t.end()
})

t.test('a hole inside the history does not make the rhythm look slower', t => {
  const old = [...every(1, '2026-08-01', '2026-09-01'), ...every(1, '2026-09-21', '2026-11-10')]
  const holes = new Set(every(1, '2026-09-02', '2026-09-20').map(({ day }) => day))
  t.equal(state(old, every(1, '2026-11-11', TODAY), TODAY, holes).state, 'migrated')
  t.equal(state(old, every(1, '2026-11-11', TODAY), TODAY).state, 'migrating')
  t.end()
})

t.test("the gate asks for a month's end within the silence as well", t => {
  const old = every(1, '2026-08-01', '2026-11-01')
  const next = every(1, '2026-11-01', '2026-12-30')
  t.match(state(old, next, '2026-11-20'), { state: 'migrated', gate: false })
  t.match(state(old, next, '2026-12-03'), { state: 'migrated', gate: true })
  t.end()
})

t.test('the order of the rows, and a day in two rows, change nothing', t => {
  const old = every(1, '2026-08-01', '2026-11-01')
  const halves = old.map(day => ({ ...day, calls: 5 }))
  t.same(state([...halves, ...halves].reverse(), []), state(old, []))
  t.end()
})

t.test('days after the last complete one are not looked at', t => {
  t.equal(state([...every(1, '2026-08-01', '2026-10-01'), ...on('2026-11-22')], [], TODAY).state, 'stopped')
  t.end()
})

t.test('whatever the days and holes, more silence never turns gone into awake, and holes only delay', t => {
  const day = fc.integer({ min: 0, max: 200 }).map(n => dayText(dayNumber('2026-05-01') + n))
  const use = fc.record({
    day,
    calls: fc.integer({ min: 1, max: 500 }),
    slots: fc.bigInt({ min: 1n, max: (1n << 48n) - 1n }),
  })
  const gone = (name: string) => name === 'migrated' || name === 'stopped'
  fc.assert(
    fc.property(
      fc.array(use, { minLength: 1, maxLength: 40 }),
      fc.array(use, { maxLength: 20 }),
      fc.array(day),
      (old, next, holes) => {
        const end = dayNumber('2026-11-17')
        const early = migrationState(old, next, NONE, dayText(end))
        const late = migrationState(old, next, NONE, dayText(end + 400))
        const holed = migrationState(old, next, new Set(holes), dayText(end))
        if (!gone(late.state)) return false
        if (early.silentFor < holed.silentFor) return false
        return early.silentFor >= early.need === gone(early.state)
      },
    ),
    { numRuns: 300 },
  )
  t.end()
})
