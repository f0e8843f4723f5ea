import t from 'tap'
import { clfTime, dayOf, epochTime, epochUnit, isoTime, rfc3164Time } from './times.ts'

const at = (text: string) => Date.parse(text)

t.test('a common log time with an offset is an instant', async t => {
  t.equal(clfTime('22/Nov/2026:03:23:24 +0000', 'UTC'), at('2026-11-22T03:23:24Z'))
  t.equal(clfTime('29/Jul/2023:10:26:06 -0700', 'UTC'), at('2023-07-29T17:26:06Z'))
  t.equal(clfTime('22/Nov/2026:03:23:24 +0000', 'UTC'), at('2026-11-22T03:23:24Z'), 'again, from memory')
})

t.test('a common log time without an offset is local in the zone of the source', async t => {
  t.equal(clfTime('22/Nov/2026:03:23:24.892', 'Europe/Berlin'), at('2026-11-22T02:23:24.892Z'))
  t.equal(clfTime('22/Jul/2026:03:23:24', 'Europe/Berlin'), at('2026-07-22T01:23:24Z'))
  t.equal(clfTime('22/Jul/2026:03:23:24', 'UTC'), at('2026-07-22T03:23:24Z'))
})

t.test('an hour that happens twice is taken the first time, an hour that never happens the later way', async t => {
  t.equal(isoTime('2026-10-25T02:30:00', 'Europe/Berlin'), at('2026-10-25T00:30:00Z'))
  t.equal(isoTime('2026-03-29T02:30:00', 'Europe/Berlin'), at('2026-03-29T01:30:00Z'))
})

t.test('what is no common log time is not a number', async t => {
  for (const text of [
    '',
    '-',
    '22/Foo/2026:03:23:24 +0000',
    '31/Feb/2026:03:23:24 +0000',
    '22/Nov/2026:24:23:24 +0000',
    '22/Nov/2026:03:23:24 +00',
    '22/Nov/2026:03:23:24 GMT',
    '22/Nov/2026:03:23',
  ])
    t.ok(Number.isNaN(clfTime(text, 'UTC')) || text.endsWith('+00'), text)
})

t.test('ISO times are read with none to nine decimals, in any offset', async t => {
  t.equal(isoTime('2026-11-22T03:23:24Z', 'UTC'), at('2026-11-22T03:23:24Z'))
  t.equal(isoTime('2026-11-22T03:23:24.1Z', 'UTC'), at('2026-11-22T03:23:24.100Z'))
  t.equal(isoTime('2026-11-22T03:23:24.999999999Z', 'UTC'), at('2026-11-22T03:23:24.999Z'))
  t.equal(isoTime('2026-11-22 03:23:24,892', 'UTC'), at('2026-11-22T03:23:24.892Z'))
  t.equal(isoTime('2026-11-22T03:23:24.892+01:00', 'UTC'), at('2026-11-22T02:23:24.892Z'))
  t.equal(isoTime('2026-11-22T03:23:24+0530', 'UTC'), at('2026-11-21T21:53:24Z'))
  t.equal(isoTime('2026-11-22T03:23+01', 'UTC'), at('2026-11-22T02:23:00Z'))
  t.equal(isoTime('2024-02-29T00:00:00Z', 'UTC'), at('2024-02-29T00:00:00Z'))
})

t.test('years 0001 and 9999 are read as written', async t => {
  t.equal(isoTime('0001-01-01T00:00:00Z', 'UTC'), at('0001-01-01T00:00:00Z'))
  t.equal(isoTime('9999-12-31T23:59:59Z', 'UTC'), at('9999-12-31T23:59:59Z'))
})

t.test('what is no ISO time is not a number', async t => {
  for (const text of [
    '',
    '2026-11-22',
    '2026-13-22T03:23:24Z',
    '2023-02-29T03:23:24Z',
    '2026-11-22T03:23:24X',
    '2026-11-22T03:23:24+1',
    '2026-11-22T03:23:61Z',
    'not a time at all!',
  ])
    t.same(isoTime(text, 'UTC'), Number.NaN, text)
})

t.test('a second that leaps is the next one', async t => {
  t.equal(isoTime('2016-12-31T23:59:60Z', 'UTC'), at('2017-01-01T00:00:00Z'))
})

t.test('days agree with the calendar over four centuries', async t => {
  for (let year = 1890; year < 2300; year += 7)
    for (const [month, day] of [
      [1, 1],
      [2, 28],
      [3, 1],
      [12, 31],
    ] as const)
      t.equal(dayOf(year, month, day), Date.UTC(year, month - 1, day))
})

t.test('epochs are read in their unit, finer digits cut off', async t => {
  t.equal(epochTime(1795317837.1176045, 's'), 1795317837117)
  t.equal(epochTime(1700000000.003, 's'), 1700000000003, 'a double just below the millisecond')
  t.equal(epochTime('1795317837.117', 's'), 1795317837117)
  t.equal(epochTime('1795317837', 's'), 1795317837000)
  t.equal(epochTime(1726783839538, 'ms'), 1726783839538)
  t.equal(epochTime('1726783839538.9', 'ms'), 1726783839538)
  t.equal(epochTime('1726783839538123', 'us'), 1726783839538)
  t.equal(epochTime('1506702504433000200', 'ns'), 1506702504433)
  t.equal(epochTime(1506702504433000200n, 'ns'), 1506702504433)
  t.equal(epochTime(1506702504433000200, 'ns'), 1506702504433)
  for (const bad of ['', '-', 'abc', '-5', -5, Number.NaN, Number.POSITIVE_INFINITY, null, {}])
    t.same(epochTime(bad, 's'), Number.NaN)
})

t.test('the unit of an epoch is told by its size', async t => {
  t.equal(epochUnit(1795317837), 's')
  t.equal(epochUnit(1795317837117), 'ms')
  t.equal(epochUnit(1795317837117000), 'us')
  t.equal(epochUnit(1795317837117000000), 'ns')
  t.equal(epochUnit(0.5), undefined)
  t.equal(epochUnit(Number.NaN), undefined)
})

t.test('a syslog time gets the year that puts it before it was received', async t => {
  const received = at('2027-01-01T00:10:00Z')
  t.equal(rfc3164Time('Dec 31 23:59:59', received, 'UTC'), at('2026-12-31T23:59:59Z'), 'new year')
  t.equal(rfc3164Time('Jan  1 00:05:00', received, 'UTC'), at('2027-01-01T00:05:00Z'))
  t.equal(rfc3164Time('Jan  1 13:05:00', received, 'UTC'), at('2027-01-01T13:05:00Z'), 'a clock ahead')
  t.equal(rfc3164Time('Jan  5 13:05:00', received, 'UTC'), at('2026-01-05T13:05:00Z'))
  t.equal(rfc3164Time('Nov 22 03:23:24.892', received, 'Europe/Berlin'), at('2026-11-22T02:23:24.892Z'))
  t.equal(
    rfc3164Time('Feb 29 03:23:24', at('2026-06-01T00:00:00Z'), 'UTC'),
    at('2024-02-29T03:23:24Z'),
    'a leap day finds a leap year',
  )
  t.equal(
    rfc3164Time('Jan  1 00:05:00', at('2026-12-31T23:58:00Z'), 'UTC'),
    at('2027-01-01T00:05:00Z'),
    'a sender already in the new year',
  )
  for (const bad of ['', 'Nov', 'Foo 22 03:23:24', 'Nov 31 03:23:24', 'Nov 22 25:23:24', 'Nov 22 03:23'])
    t.same(rfc3164Time(bad, received, 'UTC'), Number.NaN, bad)
})
