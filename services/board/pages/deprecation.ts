import type { NoticeRecord } from '../../domain/notice.ts'
import { type Html, html, type Part } from '../../platform/html.ts'
import type { ConsumerStanding, DeprecationStanding } from '../../standing/standing.ts'
import type { BoardOptions } from '../board.ts'
import { chart, daysBetween } from '../chart.ts'
import { badge, page, table } from '../layout.ts'
import { changeText, count, dateText, daysText, instantText } from '../words.ts'

const SHOWN_BEFORE = 120

/** One deprecation: how many are left against the sunset line, who they are, what they were told. Undefined: no such id. */
export async function deprecationPage(options: BoardOptions, id: string): Promise<string | undefined> {
  const it = await options.standings.of(id)
  if (it === undefined) return undefined
  const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(it.asOf)).toZonedDateTimeISO('UTC').toPlainDate()
  const first = today.subtract({ days: SHOWN_BEFORE }).toString()
  const left = await options.reader.consumersLeftByDay(it.deprecation, first, today.toString())
  return page(
    { title: id, section: 'overview', revision: options.catalogue().revision, charts: true },
    html`<h1>${id}</h1>
<p class="lead">${it.thing} of ${it.api.id} ${badge(it.state)}</p>
${facts(it)}
<h2>Consumers that called it, by day</h2>
${burnDown(it, left, first, today.toString())}
<h2>Who still calls it</h2>
${table('Consumers, most calls first', ['Consumer', 'State', 'Calls, 7 days', 'Change', 'First seen', 'Last seen', 'Can be told'], it.consumers.map(rowOf), it.observable ? 'Nobody has been seen on it.' : 'An access log cannot show its use.')}
${nameless(it)}
<h2>Letters</h2>
${letters(options.ledger.noticesOf(id, 200))}
${untold(options, id)}`,
  )
}

function facts(it: DeprecationStanding): Html {
  const { deprecation } = it
  const rows: [string, Part][] = [
    ['Announced', dateText(deprecation.announced)],
    [
      'Sunset',
      deprecation.sunset === undefined
        ? `no date (policy ${it.policy})`
        : `${dateText(deprecation.sunset.date)}, ${daysText(it.countdown.daysLeft ?? 0)}; last day of service ${dateText(it.countdown.lastDay ?? deprecation.sunset.date)} (${it.api.zone})`,
    ],
    ['Reason', deprecation.reason],
    ['Successor', it.successor ?? 'none'],
    ['Support', it.api.support],
    [
      'Calls in 7 days',
      `${count(it.calls7d)} (${changeText(it.calls7d - it.calls7dBefore)} against the 7 days before)`,
    ],
  ]
  return html`<dl class="facts">${rows.filter(([, value]) => value !== '').map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${
  deprecation.guide !== undefined &&
  deprecation.guide.fromTo.length > 0 &&
  html`<h2>What changes</h2>${table(
    'Old and new',
    ['From', 'To', 'Note'],
    deprecation.guide.fromTo.map(row => [html`<code>${row.from}</code>`, html`<code>${row.to}</code>`, row.note]),
    '',
  )}`
}`
}

function burnDown(
  it: DeprecationStanding,
  left: readonly { readonly day: string; readonly consumers: number; readonly calls: number }[],
  first: string,
  today: string,
): Html {
  const sunset = it.deprecation.sunset?.date
  const byDay = new Map(left.map(row => [row.day, row.consumers]))
  const seen = left[0]?.day ?? today
  const days = daysBetween(first > seen ? first : seen, sunset !== undefined && sunset > today ? sunset : today)
  return chart({
    id: 'burn-down',
    caption: `Consumers that called ${it.thing} on each day`,
    days,
    series: [{ label: 'consumers', values: days.map(day => (day > today ? null : (byDay.get(day) ?? 0))) }],
    ...(sunset === undefined ? {} : { marker: { day: sunset, label: 'sunset' } }),
  })
}

function rowOf(one: ConsumerStanding): Part[] {
  const name =
    one.customer === null
      ? html`<code>${one.consumer}</code>`
      : html`<a href="/customers/${encodeURIComponent(one.customer)}">${one.customer}</a><span class="sub"><code>${one.consumer}</code></span>`
  return [
    name,
    html`${badge(one.state)}<span class="sub">${one.migration?.why}</span>`,
    html`<span class="num">${count(one.callsRecent)}</span>`,
    html`<span class="num">${changeText(one.calls7d - one.calls7dBefore)}</span>`,
    instantText(one.first),
    instantText(one.last),
    one.reachable ? 'yes' : one.customer === null ? 'no customer owns it' : 'no contact',
  ]
}

function nameless(it: DeprecationStanding): Html | false {
  return (
    it.unidentifiedCalls7d > 0 &&
    html`<p class="lead">${count(it.unidentifiedCalls7d)} of ${count(it.calls7d)} calls in 7 days name nobody: they carry no consumer and no key, and get no letter.</p>`
  )
}

function letters(notices: readonly NoticeRecord[]): Html {
  return table(
    'Notices, newest first',
    ['To', 'Kind', 'Stage', 'State', 'When'],
    notices.map(notice => [
      html`<a href="/customers/${encodeURIComponent(notice.customer)}">${notice.customer}</a><span class="sub">${notice.address}</span>`,
      notice.letter === undefined ? notice.kind : html`<a href="/outbox/${notice.letter}">${notice.kind}</a>`,
      notice.stage === undefined ? '' : `${notice.stage} days`,
      html`${badge(notice.state)}<span class="sub">${notice.reason}</span>`,
      instantText(notice.updated),
    ]),
    'No notice has been planned.',
  )
}

function untold(options: BoardOptions, id: string): Html | false {
  const rows = options.ledger.untold(id)
  const holds = options.ledger.holds(id)
  return (
    rows.length + holds.length > 0 &&
    html`<h2>Who was not told, and why</h2>${table('Not told', ['Who', 'Why'], [...holds.map(hold => [`${hold.customer} (${hold.address})`, hold.reason]), ...rows.map(row => [row.customer ?? (row.consumer === '' ? 'calls that name nobody' : html`<code>${row.consumer}</code>`), row.reason])], '')}`
  )
}
