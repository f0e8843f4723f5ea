import { type Html, html, jsonIsland } from '../platform/html.ts'
import { count, dateText } from './words.ts'

export interface Series {
  readonly label: string
  /** One value a day; null: not known, drawn as a gap. */
  readonly values: readonly (number | null)[]
}

export interface Chart {
  readonly id: string
  /** What the chart shows, for those who cannot see it. */
  readonly caption: string
  /** YYYY-MM-DD, one for each value. */
  readonly days: readonly string[]
  readonly series: readonly Series[]
  /** A line at a date: the sunset. */
  readonly marker?: { readonly day: string; readonly label: string }
}

/** A chart drawn by script from JSON, with a table of the same numbers for everyone else. */
export function chart(it: Chart): Html {
  const island = {
    days: it.days.map(seconds),
    series: it.series,
    ...(it.marker === undefined ? {} : { marker: { at: seconds(it.marker.day), label: it.marker.label } }),
  }
  return html`<figure class="chart" data-chart="${it.id}">
<figcaption class="hidden">${it.caption}</figcaption>
${jsonIsland(it.id, island)}
<details><summary>The numbers</summary><table><thead><tr><th scope="col">Day (UTC)</th>${it.series.map(one => html`<th scope="col">${one.label}</th>`)}</tr></thead>
<tbody>${it.days.map((day, index) => html`<tr><td>${dateText(day)}</td>${it.series.map(one => html`<td class="num">${numberOf(one, index)}</td>`)}</tr>`).reverse()}</tbody></table></details>
</figure>`
}

const numberOf = (series: Series, index: number): string => {
  const value = series.values[index]
  return value === null || value === undefined ? '–' : count(value)
}

const seconds = (day: string): number => Temporal.PlainDate.from(day).toZonedDateTime('UTC').epochMilliseconds / 1000

/** Every day from first to last, YYYY-MM-DD. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = []
  const end = Temporal.PlainDate.from(last)
  for (let day = Temporal.PlainDate.from(first); Temporal.PlainDate.compare(day, end) <= 0; day = day.add({ days: 1 }))
    days.push(day.toString())
  return days
}
