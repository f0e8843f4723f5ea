import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { countdown } from '../services/countdown/countdown.ts'
import { createReader } from '../services/query/reader.ts'
import { type Answer, ask, isNumber, isTime } from './ask.fixture.ts'
import { readDashboard } from './dashboard.fixture.ts'
import { type Chosen, type DashboardView, expand } from './macros.ts'
import { aWorld, NOW } from './world.fixture.ts'

const DAY = 86_400_000
const { clickhouse, catalogue } = await aWorld(t)
const reader = createReader(clickhouse, () => catalogue)
const boards = [readDashboard('sunset-overview'), readDashboard('ingest-health')]
const [overview, health] = boards
const ALL = new Map<string, Chosen>([
  ['api', { options: ['open', 'partner'], chosen: 'all' }],
  ['deprecation', { options: ['generate', 'partner-v1', 'tasks', 'unused'], chosen: 'all' }],
  ['source', { options: ['edge', 'quiet', 'web'], chosen: 'all' }],
])
const VIEW: DashboardView = { from: NOW - 90 * DAY, to: NOW, interval: 3_600_000, variables: ALL }

/** The view with other choices. */
const choosing = (choices: Record<string, readonly string[]>): DashboardView => ({
  ...VIEW,
  variables: new Map(
    [...ALL].map(([name, chosen]) => [
      name,
      choices[name] === undefined ? chosen : { ...chosen, chosen: choices[name] },
    ]),
  ),
})

/** What the panel of that title shows. */
async function panel(title: string, view = VIEW): Promise<Answer> {
  const found = boards.flatMap(board => board.panels).find(one => one.title === title)
  return ask(clickhouse, expand(found?.targets[0]?.rawSql ?? '', view))
}

/** Rows as lists of values, in the columns' order. */
async function table(title: string, view = VIEW): Promise<readonly (readonly unknown[])[]> {
  const { columns, rows } = await panel(title, view)
  return rows.map(row => columns.map(({ name }) => row.get(name)))
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, one) => total + one, 0)
const day = (instant: number): string => new Date(instant).toISOString().slice(0, 10)
const midnight = (date: string): number => Date.parse(`${date}T00:00:00Z`)
const sorted = (rows: readonly (readonly unknown[])[]): readonly string[] => rows.map(row => JSON.stringify(row)).sort()

for (const board of boards) {
  t.test(`${board.title}: every panel runs, for every choice, and has the columns it draws`, async t => {
    t.equal(new Set(board.panels.map(one => one.id)).size, board.panels.length)
    t.equal(new Set(board.panels.map(one => one.title)).size, board.panels.length)
    for (const one of board.panels) {
      const [query] = one.targets
      if (query === undefined) throw new Error('a panel without a query')
      const drawsTime = one.type === 'timeseries'
      t.equal(query.queryType, drawsTime ? 'timeseries' : 'table', one.title)
      t.equal(query.format, drawsTime ? 0 : 1, one.title)
      const { columns, rows } = await panel(one.title)
      const types = columns.map(column => column.type)
      t.ok(rows.length > 0, `${one.title} shows something`)
      t.notOk(
        types.some(type => type.includes('AggregateFunction')),
        `${one.title}: the driver reads every type`,
      )
      if (drawsTime) {
        t.equal(columns[0]?.name, 'time', one.title)
        t.ok(isTime(types[0] ?? ''), `${one.title} has a time`)
        t.ok(types.slice(1).some(isNumber), `${one.title} has a value`)
        t.ok(one.fieldConfig.defaults.unit, `${one.title} has a unit`)
        const times = rows.map(row => Number(row.get('time')))
        t.strictSame(
          times,
          [...times].sort((a, b) => a - b),
          `${one.title} is in the order of time`,
        )
      }
      if (one.type === 'stat') t.strictSame([columns.length, rows.length], [1, 1], one.title)
      for (const { matcher } of one.fieldConfig.overrides)
        t.ok(
          columns.some(column => column.name === matcher.options),
          `${one.title} has a column ${matcher.options}`,
        )
      const narrow = choosing({ api: ['open'], deprecation: ['tasks'], source: ['web'] })
      await t.resolves(panel(one.title, narrow), `${one.title} runs on a choice`)
      const nothing = choosing({ api: ['no'], deprecation: ['no'], source: ['no'] })
      await t.resolves(panel(one.title, nothing), `${one.title} runs where nothing is`)
    }
  })

  t.test(`${board.title}: no panel lies on another, and every variable is used and lists what there is`, async t => {
    const cells = board.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    )
    t.equal(new Set(cells).size, cells.length)
    const queries = board.panels.map(one => one.targets[0]?.rawSql).join('\n')
    for (const { name, query, definition } of board.templating.list) {
      t.equal(query, definition)
      t.match(queries, `\${${name}:singlequote}`)
      const { columns, rows } = await ask(clickhouse, expand(query, VIEW))
      t.equal(columns.length, 1)
      t.strictSame(
        rows.map(row => row.get(columns[0]?.name ?? '')),
        ALL.get(name)?.options,
        name,
      )
    }
  })
}

t.test(
  'days left are the countdown’s, in the zone of the API, with consumers and calls of the last 7 days',
  async t => {
    const expected: unknown[][] = []
    for (const one of catalogue.deprecations.values()) {
      const api = catalogue.apis.get(one.api)
      if (api === undefined) throw new Error('an API is missing')
      const usage = await reader.consumersOf(one, NOW)
      const recent = usage.filter(it => it.callsRecent > 0)
      expected.push([
        one.id,
        one.sunset?.date ?? null,
        countdown(one, api.policy, api.zone, NOW).daysLeft,
        recent.filter(it => it.consumer !== '').length,
        sum(recent.map(it => it.callsRecent)),
      ])
    }
    const { rows } = await panel('Days left')
    const shown = rows.map(row =>
      ['deprecation', 'sunset', 'days_left', 'consumers', 'calls_7d'].map(name => row.get(name)),
    )
    t.strictSame(sorted(shown), sorted(expected))
    t.strictSame(await table('Days to the next sunset'), [[27]], 'already the 23rd in Auckland')
  },
)

t.test('consumers left and calls by day are those the product answers', async t => {
  const [since, until] = [day(VIEW.from), day(VIEW.to)]
  const left: unknown[][] = []
  const calls: unknown[][] = []
  for (const one of catalogue.deprecations.values())
    for (const [side, thing] of [
      ['old', one.thing],
      ['successor', one.successor],
    ] as const) {
      if (thing === undefined) continue
      for (const it of await reader.consumersLeftByDay({ ...one, thing }, since, until)) {
        if (side === 'old') left.push([midnight(it.day), one.id, it.consumers])
        calls.push([midnight(it.day), `${one.id}: ${side}`, it.calls])
      }
    }
  t.ok(left.length > 40)
  t.strictSame(sorted(await table('Consumers left by day')), sorted(left))
  t.strictSame(sorted(await table('Calls by day, old and successor')), sorted(calls))
})

t.test('who still calls is who the product says, with the customer and the last call', async t => {
  const expected: unknown[][] = []
  for (const one of catalogue.deprecations.values())
    for (const it of await reader.consumersOf(one, NOW))
      expected.push([one.id, it.consumer, it.customer ?? '', it.callsRecent, it.calls, it.last])
  t.ok(expected.length >= 6)
  t.strictSame(sorted(await table('Who still calls')), sorted(expected))
})

t.test('a call that touches two deprecations counts once where they are added up', async t => {
  const [v1, tasks] = [catalogue.deprecations.get('partner-v1'), catalogue.deprecations.get('tasks')]
  if (v1 === undefined || tasks === undefined) throw new Error('a deprecation is missing')
  const usage = [...(await reader.consumersOf(v1, NOW)), ...(await reader.consumersOf(tasks, NOW))]
  t.strictSame(await table('Calls in 7 days'), [[sum(usage.map(it => it.callsRecent))]])
  const named = usage.filter(it => it.consumer !== '' && it.callsRecent > 0).map(it => it.consumer)
  t.strictSame(await table('Consumers still calling'), [[new Set(named).size]])
})

t.test('shares of refused, not found and gone are of all calls of the day', async t => {
  const rows = await table('Refused and gone', choosing({ deprecation: ['generate'] }))
  const last = rows.find(row => row[0] === midnight(day(NOW - 2 * DAY)))
  t.strictSame(last, [midnight(day(NOW - 2 * DAY)), 1 / 7, 0, 2 / 7], '4 calls, 1 refused, 2 gone')
})

t.test('lines, heartbeats and the latest event are those of the hours the product answers with', async t => {
  const hours = await reader.sourceHours(VIEW.from)
  const group = (
    of: (hour: (typeof hours)[number]) => readonly unknown[] | undefined,
    value: (hour: (typeof hours)[number]) => number,
  ) => {
    const groups = new Map<string, number>()
    for (const hour of hours) {
      const key = of(hour)
      if (key !== undefined) groups.set(JSON.stringify(key), (groups.get(JSON.stringify(key)) ?? 0) + value(hour))
    }
    return [...groups].map(([key, n]) => [...JSON.parse(key), n])
  }
  const lines = (hour: (typeof hours)[number]): number => hour.lines
  const byOutcome = group(it => (it.outcome === '' ? undefined : [it.hour, it.outcome]), lines)
  t.ok(byOutcome.length >= 5)
  t.strictSame(sorted(await table('Lines by outcome')), sorted(byOutcome))
  t.strictSame(sorted(await table('Lines by source')), sorted(group(it => [it.hour, it.source], lines)))
  t.strictSame(
    sorted(await table('Heartbeats')),
    sorted(
      group(
        it => [it.hour, it.source],
        it => it.heartbeats,
      ),
    ),
  )

  const { rows } = await panel('Sources')
  const shown = rows.map(row => ['source', 'lines', 'heartbeats', 'last_event', 'silent_s'].map(name => row.get(name)))
  const expected = ['edge', 'web', 'quiet'].map(source => {
    const mine = hours.filter(it => it.source === source)
    const through = Math.max(...mine.map(it => it.through))
    return [source, sum(mine.map(lines)), sum(mine.map(it => it.heartbeats)), through, (NOW - through) / 1000]
  })
  t.strictSame(sorted(shown), sorted(expected))
  t.equal(rows[0]?.get('source'), 'quiet', 'the longest silence stands first')
  t.strictSame(await table('Data reaches until'), [[Math.max(...hours.map(it => it.through))]])
})

t.test('the lag is from the latest event of a block to the topic, in seconds', async t => {
  const lags = (await table('Greatest lag')).map(([, source, lag]) => [source, lag])
  t.strictSame(lags, [
    ['edge', 240],
    ['web', 300],
  ])
})

t.test('lines that are no call are all there, with their share', async t => {
  const hours = await reader.sourceHours(VIEW.from)
  const total = (source: string): number => sum(hours.filter(it => it.source === source).map(it => it.lines))
  t.strictSame(await table('Lines that are no call'), [
    ['edge', 'unparsed', 'not-json', 7, 7 / total('edge')],
    ['edge', 'dropped', 'unknown-host', 5, 5 / total('edge')],
    ['web', 'unparsed', 'not-json', 3, 3 / total('web')],
    ['edge', 'unparsed', 'no-time', 2, 2 / total('edge')],
  ])
  const hour = Math.floor((NOW - 2 * 3_600_000) / 3_600_000) * 3_600_000
  const share = await table('Unparsed share')
  t.strictSame(
    share.filter(row => row[0] === hour),
    [[hour, 'no-time', 2 / 7]],
  )
})

t.test('a choice of source, API or deprecation narrows what is shown', async t => {
  const web = await table('Lines by source', choosing({ source: ['web'] }))
  t.strictSame([...new Set(web.map(row => row[1]))], ['web'])
  const open = await table('Days left', choosing({ api: ['open'] }))
  t.strictSame(open.map(row => row[0]).sort(), ['tasks', 'unused'])
  const tasks = await table('Who still calls', choosing({ deprecation: ['tasks'] }))
  t.strictSame(new Set(tasks.map(row => row[0])), new Set(['tasks']))
  t.strictSame(await table('Who still calls', choosing({ deprecation: ['tasks'], source: ['edge'] })), [])
})

t.test('a time range in the past shows that past', async t => {
  const past = { ...VIEW, from: NOW - 14 * DAY, to: NOW - 10 * DAY }
  const days = (await table('Consumers left by day', past)).map(row => Number(row[0]))
  t.strictSame([Math.min(...days), Math.max(...days)], [midnight(day(past.from)), midnight(day(past.to))])
  t.strictSame(await table('Days to the next sunset', past), [[37]])
  t.strictSame(await table('Lines by outcome', past), [])
})

t.test('the ClickHouse of docker-compose.yml is of the embedded store’s line', async t => {
  const [row] = (await ask(clickhouse, 'SELECT version() AS version')).rows
  const line = String(row?.get('version')).split('.').slice(0, 2).join('.')
  const compose = readFileSync(join(import.meta.dirname, '../docker-compose.yml'), 'utf8')
  t.match(compose, `clickhouse/clickhouse-server:${line}.`)
})

t.test('the two dashboards name each other', async t => {
  t.equal(overview?.uid, 'lastcall-sunset-overview')
  t.equal(health?.uid, 'lastcall-ingest-health')
  t.strictSame(
    overview?.links.map(link => link.url),
    [`/d/${health?.uid}`],
  )
  t.strictSame(
    health?.links.map(link => link.url),
    [`/d/${overview?.uid}`],
  )
})
