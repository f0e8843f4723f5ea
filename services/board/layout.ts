import { Html, html, type Part } from '../platform/html.ts'

export interface Frame {
  readonly title: string
  /** Which entry of the navigation this page stands under. */
  readonly section: 'overview' | 'outbox' | 'sources' | ''
  readonly revision: string
  /** Charts on the page: their script is loaded. */
  readonly charts?: boolean
  /** Seconds after which the page asks for itself again. */
  readonly refresh?: number
}

/** The frame around every page: works without script, on a phone, in light and dark. */
export function page(frame: Frame, body: Part): string {
  const entry = (section: Frame['section'], href: string, name: string): Html =>
    html`<a href="${href}" ${frame.section === section ? new Html('aria-current="page"') : ''}>${name}</a>`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${frame.refresh !== undefined && html`<noscript><meta http-equiv="refresh" content="${frame.refresh}"></noscript>`}
<title>${frame.title} · Last Call</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/board.css">
${frame.charts === true && html`<link rel="stylesheet" href="/assets/uplot.css"><script src="/assets/uplot.js" defer></script><script src="/assets/charts.js" defer></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<a class="name" href="/">Last Call</a>
<nav aria-label="Main">${entry('overview', '/', 'Overview')}${entry('outbox', '/outbox', 'Letters')}${entry('sources', '/sources', 'Sources')}<a href="/api/v1/openapi.json">API</a></nav>
</header>
<main id="main">
${body}
</main>
<footer>catalogue revision <code>${frame.revision}</code></footer>
</body>
</html>
`.text
}

/** A small coloured word; the word carries the meaning, the colour only helps. */
export function badge(word: string): Html {
  const tone = TONES.get(word) ?? 'plain'
  return html`<span class="badge ${tone}">${word}</span>`
}

const TONES = new Map([
  ['active', 'bad'],
  ['relapsed', 'bad'],
  ['sunset', 'bad'],
  ['failed', 'bad'],
  ['unknown', 'bad'],
  ['stale', 'bad'],
  ['migrating', 'warn'],
  ['sleeping', 'warn'],
  ['countdown', 'warn'],
  ['retry', 'warn'],
  ['planned', 'warn'],
  ['migrated', 'good'],
  ['accepted', 'good'],
  ['fresh', 'good'],
  ['stopped', 'good'],
])

/** A table that a phone can scroll sideways, with its columns named for those who hear it. */
export function table(
  caption: string,
  heads: readonly Part[],
  rows: readonly (readonly Part[])[],
  empty: string,
): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption class="hidden">${caption}</caption>
<thead><tr>${heads.map(head => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(cells => html`<tr>${cells.map(cell => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`
}
