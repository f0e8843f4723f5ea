import { html } from '../../platform/html.ts'
import { freshnessOf } from '../../standing/freshness.ts'
import type { BoardOptions } from '../board.ts'
import { badge, page, table } from '../layout.ts'
import { agoText, count, instantText } from '../words.ts'

const SHOWN = 7 * 86_400_000

/** Every source: is it alive, and what became of its lines in the last 7 days. */
export async function sourcesPage(options: BoardOptions): Promise<string> {
  const now = options.clock.now()
  const sources = freshnessOf(options.catalogue().sources.values(), await options.reader.sourceHours(now - SHOWN), now)
  return page(
    { title: 'Sources', section: 'sources', revision: options.catalogue().revision, refresh: 60 },
    html`<h1>Sources</h1>
<p class="lead">Every line received in the last 7 days, by what became of it. A silent source makes silence no proof: letters are held and nothing is called migrated.</p>
${table(
  'Sources',
  ['Source', 'State', 'Latest event', 'Lines', 'What became of them'],
  sources.map(source => [
    html`<code>${source.source}</code>`,
    badge(source.state),
    html`${instantText(source.through)}<span class="sub">${agoText(source.through, now)}</span>`,
    html`<span class="num">${count(source.lines)}</span>`,
    [...source.byOutcome].map(
      ([name, lines], index) => html`${index > 0 && ', '}${name} <span class="num">${count(lines)}</span>`,
    ),
  ]),
  'No source is declared and nothing has been received. Post a log to /ingest/auto.',
)}`,
  )
}
