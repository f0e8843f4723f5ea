import type { Customer } from '../../domain/catalogue.ts'
import { type Html, html } from '../../platform/html.ts'
import type { DeprecationStanding } from '../../standing/standing.ts'
import type { BoardOptions } from '../board.ts'
import { chart, daysBetween } from '../chart.ts'
import { badge, page, table } from '../layout.ts'
import { count, dateText, daysText, instantText } from '../words.ts'

const SHOWN = 120

/** One customer: what it calls by day, old and new, and every letter with its evidence. Undefined: no such customer. */
export async function customerPage(options: BoardOptions, id: string): Promise<string | undefined> {
  const customer = options.catalogue().customers.byId.get(id)
  if (customer === undefined) return undefined
  const standings = (await options.standings.all()).filter(it => it.consumers.some(one => one.customer === id))
  const notices = options.ledger.noticesTo(id, 200)
  return page(
    { title: id, section: 'overview', revision: options.catalogue().revision, charts: standings.length > 0 },
    html`<h1>${id}</h1>
<p class="lead">${customer.consumers.length === 0 ? 'No consumer is known.' : html`known as ${customer.consumers.slice(0, 8).map((consumer, index) => html`${index > 0 && ', '}<code>${consumer}</code>`)}`}</p>
${contacts(customer)}
${await Promise.all(standings.map(it => usageOf(options, it, id)))}
${standings.length === 0 && html`<p class="empty">It has not called anything deprecated.</p>`}
<h2>Letters</h2>
${table(
  'Notices to this customer, newest first',
  ['Deprecation', 'Kind', 'To', 'State', 'Evidence'],
  notices.map(notice => [
    html`<a href="/deprecations/${encodeURIComponent(notice.deprecation)}">${notice.deprecation}</a>`,
    notice.letter === undefined
      ? notice.kind
      : html`<a href="/outbox/${notice.letter}">${notice.kind}</a>${notice.stage !== undefined && html`<span class="sub">${notice.stage} days</span>`}`,
    notice.address,
    html`${badge(notice.state)}<span class="sub">${instantText(notice.updated)}</span>`,
    `${count(notice.evidence.calls)} calls, last ${instantText(notice.evidence.last)}`,
  ]),
  'It has had no letter.',
)}`,
  )
}

function contacts(customer: Customer): Html {
  if (customer.contacts.length === 0)
    return html`<p>${badge('no contact')} Nobody there can be told: add a contact to the customers file.</p>`
  return html`<dl class="facts">${customer.contacts.map(contact => html`<dt>${contact.role}</dt><dd>${contact.address}</dd>`)}</dl>`
}

async function usageOf(options: BoardOptions, it: DeprecationStanding, customer: string): Promise<Html> {
  const mine = it.consumers.filter(one => one.customer === customer)
  const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(it.asOf)).toZonedDateTimeISO('UTC').toPlainDate()
  const since = today.subtract({ days: SHOWN }).toString()
  const names = new Set(mine.map(one => one.consumer))
  const active = (await options.reader.activeDays(it.deprecation, since)).filter(day => names.has(day.consumer))
  const days = daysBetween(active.map(day => day.day).sort()[0] ?? since, today.toString())
  const byDay = (side: 'old' | 'successor'): number[] =>
    days.map(day => active.filter(one => one.side === side && one.day === day).reduce((sum, one) => sum + one.calls, 0))
  return html`<h2><a href="/deprecations/${encodeURIComponent(it.deprecation.id)}">${it.deprecation.id}</a> ${mine.map(one => badge(one.state))}</h2>
<p class="lead">${it.thing}${it.deprecation.sunset === undefined ? '; no date' : `; sunset ${dateText(it.deprecation.sunset.date)}, ${daysText(it.countdown.daysLeft ?? 0)}`}. ${mine[0]?.migration?.why}</p>
${chart({
  id: `calls-${it.deprecation.id}`,
  caption: `Calls of ${customer} by day`,
  days,
  series: [
    { label: 'old', values: byDay('old') },
    { label: 'successor', values: byDay('successor') },
  ],
})}
${table(
  'Operations',
  ['Operation', 'Calls', 'First seen', 'Last seen'],
  mine
    .flatMap(one => one.operations)
    .slice(0, 20)
    .map(op => [
      html`<code>${op.operation}</code>`,
      html`<span class="num">${count(op.calls)}</span>`,
      instantText(op.first),
      instantText(op.last),
    ]),
  '',
)}`
}
