import t from 'tap'
import { type DashboardView, expand } from './macros.ts'

const view: DashboardView = {
  from: Date.UTC(2022, 9, 21, 10, 0, 0, 123),
  to: Date.UTC(2022, 9, 23, 12, 30, 5, 456),
  interval: 20_500,
  variables: new Map([
    ['api', { options: ['partner', "o'neil"], chosen: 'all' as const }],
    ['source', { options: ['edge', 'web'], chosen: ['edge', "w'eb"] }],
    ['none', { options: [], chosen: [] }],
  ]),
}
/** A variable as the dashboards write it. */
const quoted = (name: string): string => `\${${name}:singlequote}`
const FROM = Math.floor(view.from / 1000)
const TO = Math.floor(view.to / 1000)

const DOCUMENTED: readonly (readonly [string, string])[] = [
  ['$__dateFilter(d)', "d >= toDate('2022-10-21') AND d <= toDate('2022-10-23')"],
  ['$__timeFilter(t)', `t >= toDateTime(${FROM}) AND t <= toDateTime(${TO})`],
  ['$__timeFilter_ms(t)', `t >= fromUnixTimestamp64Milli(${view.from}) AND t <= fromUnixTimestamp64Milli(${view.to})`],
  ['$__fromTime', `toDateTime(${FROM})`],
  ['$__toTime', `toDateTime(${TO})`],
  ['$__fromTime_ms', `fromUnixTimestamp64Milli(${view.from})`],
  ['$__toTime_ms', `fromUnixTimestamp64Milli(${view.to})`],
  ['$__timeFrom(t)', `t >= toDateTime(${FROM})`],
  ['$__timeTo(t)', `t <= toDateTime(${TO})`],
  ['$__timeGroup(t, 5m)', 'toStartOfInterval(toDateTime(t), INTERVAL 300 second)'],
  ["$__timeGroup(t, '1h')", 'toStartOfInterval(toDateTime(t), INTERVAL 3600 second)'],
  ['$__interval_s', '20'],
  ['$__timeInterval(t)', 'toStartOfInterval(toDateTime(t), INTERVAL 20 second)'],
  ['$__timeInterval_ms(t)', 'toStartOfInterval(toDateTime64(t, 3), INTERVAL 20500 millisecond)'],
]

t.test('every macro of the documentation becomes what the documentation shows', async t => {
  for (const [macro, sql] of DOCUMENTED) t.equal(expand(`SELECT ${macro} x`, view), `SELECT ${sql} x`, macro)
  const both = `(d >= toDate('2022-10-21') AND d <= toDate('2022-10-23')) AND (t >= toDateTime(${FROM}) AND t <= toDateTime(${TO}))`
  t.equal(expand('$__dateTimeFilter(d, t)', view), both)
  t.equal(expand('$__dt(d, t)', view), both)
})

t.test('a condition stands for a choice and falls away at "All" and without one', async t => {
  t.equal(expand("$__conditionalAll(s IN ('a', 'b'), $source)", view), "s IN ('a', 'b')")
  t.equal(expand('$__conditionalAll(a IN (1), $api)', view), '1=1')
  t.equal(expand('$__conditionalAll(a IN (1), $none)', view), '1=1')
  t.equal(
    expand(`$__conditionalAll(s IN (${quoted('source')}), \${source}) AND $__toTime > 0`, view),
    `s IN ('edge','w\\'eb') AND toDateTime(${TO}) > 0`,
  )
})

t.test('a variable is a list of quoted values; "All" is every value there is', async t => {
  t.equal(expand(`api IN (${quoted('api')})`, view), "api IN ('partner','o\\'neil')")
  t.throws(() => expand(`api IN (\${api})`, view), /singlequote/)
  t.throws(() => expand('api IN ($api)', view), /singlequote/)
})

t.test('arguments may hold commas, brackets, quotes and other macros, and stand in braces', async t => {
  t.equal(expand("$__timeFrom(if(a, b, ',)'))", view), `if(a, b, ',)') >= toDateTime(${FROM})`)
  t.equal(expand('$__timeFrom{f(x)}', view), `f(x) >= toDateTime(${FROM})`)
  t.equal(
    expand('$__timeFrom(greatest(t, $__fromTime))', view),
    `greatest(t, toDateTime(${FROM})) >= toDateTime(${FROM})`,
  )
})

t.test('an interval below one second or one millisecond counts as one', async t => {
  const tiny = { ...view, interval: 0.2 }
  t.equal(expand('$__interval_s', tiny), '1')
  t.equal(expand('$__timeInterval_ms(t)', tiny), 'toStartOfInterval(toDateTime64(t, 3), INTERVAL 1 millisecond)')
})

t.test('what is not known is refused: a macro, a variable, a count of arguments, an open bracket', async t => {
  t.throws(() => expand('$__timeFiltre(t)', view), /unknown macro \$__timeFiltre/)
  t.throws(() => expand('$__columns(t, a, b)', view), /unknown macro \$__columns/)
  t.throws(() => expand(quoted('nobody'), view), /unknown variable nobody/)
  t.throws(() => expand('$__conditionalAll(1, $nobody)', view), /unknown variable nobody/)
  t.throws(() => expand('$__timeFilter()', view), /takes 1 arguments, not 0/)
  t.throws(() => expand(`$__conditionalAll(1, ${quoted('source')})`, view), /plain variable/)
  t.throws(() => expand('$__conditionalAll(a)', view), /takes 2 arguments, not 1/)
  t.throws(() => expand('$__timeFilter(t', view), /do not end/)
  t.throws(() => expand('$__timeGroup(t, soon)', view), /not a duration/)
})
