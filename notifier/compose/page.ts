import type { Block } from './blocks.ts'
import { type Html, html } from './html.ts'

/**
 * Blocks as one HTML page: a single column that reads on a phone, no colours of its own beyond an accent that keeps
 * its contrast on light and dark, nothing loaded from anywhere.
 */
export function renderPage(subject: string, language: string, blocks: readonly Block[]): string {
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 16px; font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; }
main { max-width: 640px; margin: 0 auto; overflow-wrap: anywhere; }
h1 { font-size: 22px; line-height: 1.25; margin: 0 0 16px; padding-left: 12px; border-left: 4px solid #d9480f; }
h2 { font-size: 17px; margin: 28px 0 8px; }
dl { margin: 0; } dt { font-weight: 600; margin-top: 10px; } dd { margin: 0; }
ul { margin: 0; padding-left: 20px; } li { margin: 0 0 10px; }
code { font: 14px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-weight: 600; }
hr { border: 0; border-top: 1px solid #868e96; margin: 28px 0 12px; }
</style>
</head>
<body>
<main>
${blocks.map(block)}</main>
</body>
</html>
`
  return page.toString()
}

function block(of: Block): Html {
  switch (of.kind) {
    case 'title':
      return html`<h1>${of.text}</h1>\n`
    case 'heading':
      return html`<h2>${of.text}</h2>\n`
    case 'paragraph':
      return html`<p>${of.text}</p>\n`
    case 'facts':
      return html`<dl>\n${of.rows.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>\n`)}</dl>\n`
    case 'items':
      return html`<ul>\n${of.rows.map(({ code, detail }) => html`<li><code>${code}</code>${detail !== '' && html`<br>${detail}`}</li>\n`)}</ul>\n`
    case 'link':
      return html`<p><a href="${safeUrl(of.url)}">${of.label}</a>${!of.url.startsWith('mailto:') && html`<br>${of.url}`}</p>\n`
    case 'rule':
      return html`<hr>\n`
  }
}

/** Only web and mail addresses become links. */
function safeUrl(url: string): string {
  return /^(https?:\/\/|mailto:)/i.test(url) ? url : '#'
}
