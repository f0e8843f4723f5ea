import { type Html, html } from '../../platform/html.ts'
import { freshnessOf, type SourceFreshness } from '../../standing/freshness.ts'
import { type ConsumerStanding, type DeprecationStanding, LEFT } from '../../standing/standing.ts'
import type { BoardOptions } from '../board.ts'
import { badge, page, table } from '../layout.ts'
import { agoText, changeText, count, dateText, daysText, plural } from '../words.ts'

const HOURS_SHOWN = 48 * 3_600_000

/** What is next, who will break, is the data fresh: without a click. */
export async function overviewPage(options: BoardOptions): Promise<string> {
  const now = options.clock.now()
  const standings = await options.standings.all()
  const sources = freshnessOf(
    options.catalogue().sources.values(),
    await options.reader.sourceHours(now - HOURS_SHOWN),
    now,
  )
  const waiting = options.ledger.campaigns().reduce((sum, campaign) => sum + campaign.waiting, 0)
  return page(
    { title: 'Overview', section: 'overview', revision: options.catalogue().revision, refresh: 30 },
    html`<h1>Who still calls what you are taking away</h1>
<div class="cards">${nextCard(standings)}${breakCard(standings)}${freshCard(sources, now)}</div>
${waiting > 0 && html`<p class="lead">${plural(waiting, 'recipient')} wait for approval: look at the <a href="/outbox">letters</a>, then <code>lastcall approve</code>.</p>`}
<h2>Deprecations</h2>
${table(
  'Every deprecation, soonest sunset first',
  ['Deprecation', 'Sunset', 'Consumers left', 'Calls, 7 days', 'Change', 'State'],
  standings.map(rowOf),
  'The catalogue has no deprecation yet. Add one under apis: … deprecations: in lastcall.yaml.',
)}`,
  )
}

function rowOf(it: DeprecationStanding): (Html | string)[] {
  const { id } = it.deprecation
  return [
    html`<a href="/deprecations/${encodeURIComponent(id)}">${id}</a><span class="sub">${it.api.id}: ${it.thing}</span>`,
    it.deprecation.sunset === undefined
      ? html`no date<span class="sub">policy ${it.policy}</span>`
      : html`${dateText(it.deprecation.sunset.date)}<span class="sub">${daysText(it.countdown.daysLeft ?? 0)}</span>`,
    html`<span class="num">${it.observable ? count(it.consumersLeft) : 'not observable'}</span><span class="sub">of ${count(it.consumersEver)} ever</span>`,
    html`<span class="num">${count(it.calls7d)}</span>${it.unidentifiedCalls7d > 0 && html`<span class="sub">${count(it.unidentifiedCalls7d)} name nobody</span>`}`,
    html`<span class="num">${changeText(it.calls7d - it.calls7dBefore)}</span>`,
    badge(it.state),
  ]
}

function nextCard(standings: readonly DeprecationStanding[]): Html {
  const next = standings.find(it => (it.countdown.daysLeft ?? -1) > 0)
  if (next === undefined || next.deprecation.sunset === undefined)
    return html`<section class="card"><h2>Next sunset</h2><p class="big">None has a date</p></section>`
  return html`<section class="card"><h2>Next sunset</h2>
<p class="big">${daysText(next.countdown.daysLeft ?? 0)}</p>
<p><a href="/deprecations/${encodeURIComponent(next.deprecation.id)}">${next.deprecation.id}</a> ends on ${dateText(next.deprecation.sunset.date)}; ${next.consumersLeft === 0 ? 'nobody is left on it' : `${plural(next.consumersLeft, 'consumer')} still on it`}.</p></section>`
}

/** Customers that call something with a date and have not moved, soonest date first. */
function breakCard(standings: readonly DeprecationStanding[]): Html {
  const dated = standings.filter(it => (it.countdown.daysLeft ?? -1) > 0)
  const soonest = new Map<string, { readonly one: ConsumerStanding; readonly at: DeprecationStanding }>()
  for (const at of dated) {
    for (const one of at.consumers) {
      const name = one.customer ?? one.consumer
      if (LEFT.has(one.state) && !soonest.has(name)) soonest.set(name, { one, at })
    }
  }
  const all = [...soonest.entries()]
  return html`<section class="card"><h2>Who will break</h2>
<p class="big">${all.length === 0 ? 'Nobody' : plural(all.length, 'customer')}</p>
<ul>${all.slice(0, 5).map(([name, { one, at }]) => html`<li><span>${one.customer === null ? html`<code>${name}</code>` : html`<a href="/customers/${encodeURIComponent(name)}">${name}</a>`}</span><span>${daysText(at.countdown.daysLeft ?? 0)}</span></li>`)}</ul>
${all.length > 5 && html`<p class="lead">and ${count(all.length - 5)} more</p>`}</section>`
}

function freshCard(sources: readonly SourceFreshness[], now: number): Html {
  const fresh = sources.filter(source => source.state === 'fresh').length
  const newest = Math.max(0, ...sources.map(source => source.through))
  const said =
    sources.length === 0 ? 'No source yet' : fresh === sources.length ? 'Yes' : `${fresh} of ${sources.length} sources`
  return html`<section class="card"><h2>Is the data fresh</h2>
<p class="big">${said}</p>
<p>latest call ${agoText(newest, now)}</p>
<ul>${sources.slice(0, 6).map(source => html`<li><a href="/sources">${source.source}</a><span>${source.state === 'fresh' ? agoText(source.through, now) : source.state}</span></li>`)}</ul></section>`
}
