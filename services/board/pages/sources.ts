import { html } from '../../platform/html.ts'
import type { SourceHealth } from '../../standing/source-health.ts'
import type { BoardOptions } from '../board.ts'
import { badge, page, table } from '../layout.ts'
import { agoText, count, durationText, instantText, plural } from '../words.ts'

/** Every source: is it alive, what became of its lines in the last 7 days, and can its times and its silence be believed. */
export async function sourcesPage(options: BoardOptions): Promise<string> {
  const now = options.clock.now()
  const sources = await options.sources.all()
  return page(
    { title: 'Sources', section: 'sources', revision: options.catalogue().revision, refresh: 60 },
    html`<h1>Sources</h1>
<p class="lead">Every line received in the last 7 days, by what became of it. A silent source makes silence no proof: letters are held and nothing is called migrated.</p>
${table(
  'Sources',
  ['Source', 'State', 'Latest event', 'Late', 'Clock', 'Silent', 'Sampled', 'Lines', 'What became of them'],
  sources.map(source => [
    html`<code>${source.source}</code>`,
    badge(source.state),
    html`${instantText(source.through)}<span class="sub">${agoText(source.through, now)}</span>`,
    lateText(source),
    source.ahead === 0 ? 'right' : `${durationText(source.ahead)} ahead`,
    source.silentHours.length === 0 ? 'never' : plural(source.silentHours.length, 'hour'),
    source.weight === 1 ? 'no' : `1 in ${count(Math.round(source.weight * 10) / 10)}`,
    html`<span class="num">${count(source.lines)}</span>`,
    source.tallies.map(
      ({ outcome, reason, lines }, index) =>
        html`${index > 0 && ', '}${reason === '' ? outcome : `${outcome} (${reason})`} <span class="num">${count(lines)}</span>`,
    ),
  ]),
  'No source is declared and nothing has been received. Post a log to /ingest/auto.',
)}
<p>Late: how long after it happened a call came, at most, in the latest hour with calls. Silent: hours between the first and the last of the 7 days in which nothing came. <code>lastcall doctor SOURCE</code> says more.</p>`,
  )
}

const lateText = ({ lag }: SourceHealth): string => (lag === null ? '–' : durationText(Math.max(0, lag)))
