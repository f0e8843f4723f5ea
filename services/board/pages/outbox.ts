import type { LetterRecord } from '../../domain/notice.ts'
import { html, type Part } from '../../platform/html.ts'
import type { BoardOptions } from '../board.ts'
import { badge, page, table } from '../layout.ts'
import { instantText, plural } from '../words.ts'

/** Every letter, newest first, and what waits. */
export function outboxPage(options: BoardOptions): string {
  const { ledger } = options
  const held = ledger.held()
  return page(
    { title: 'Letters', section: 'outbox', revision: options.catalogue().revision, refresh: 60 },
    html`<h1>Letters</h1>
<p class="lead">Last round ${instantText(ledger.lastRound())}.${held !== '' && ` Held: ${held}`}</p>
${table(
  'Campaigns',
  ['Campaign', 'Recipients', 'Waiting for approval'],
  ledger
    .campaigns()
    .map(campaign => [
      html`<a href="/deprecations/${encodeURIComponent(campaign.deprecation)}">${campaign.deprecation}</a>`,
      plural(campaign.recipients, 'recipient'),
      campaign.waiting === 0
        ? 'none'
        : html`${campaign.waiting}: <code>lastcall approve ${campaign.deprecation}</code>`,
    ]),
  'No campaign has been planned.',
)}
<h2>Sent and waiting</h2>
${table('Letters, newest first', ['Subject', 'To', 'State', 'Written'], ledger.outbox(500).map(rowOf), 'No letter has been written.')}`,
  )
}

function rowOf(letter: LetterRecord): Part[] {
  return [
    html`<a href="/outbox/${letter.id}">${letter.subject}</a><span class="sub">${plural(letter.notices.length, 'notice')}</span>`,
    html`${letter.customer}<span class="sub">${letter.address}</span>`,
    html`${badge(letter.state)}<span class="sub">${letter.way === 'outbox' ? 'dev outbox' : 'SMTP'} ${letter.reason}</span>`,
    instantText(letter.written),
  ]
}

/** One letter as it looks: its HTML in a frame that runs nothing, its text, its source. Undefined: no such letter. */
export function letterPage(options: BoardOptions, id: string): string | undefined {
  const letter = options.ledger.letter(id)
  if (letter === undefined) return undefined
  return page(
    { title: letter.subject, section: 'outbox', revision: options.catalogue().revision },
    html`<h1>${letter.subject}</h1>
<dl class="facts"><dt>To</dt><dd><a href="/customers/${encodeURIComponent(letter.customer)}">${letter.customer}</a>, ${letter.address}</dd>
<dt>State</dt><dd>${badge(letter.state)} ${letter.reason}</dd><dt>Written</dt><dd>${instantText(letter.written)}</dd>
<dt>Message-ID</dt><dd><code>${letter.messageId}</code></dd><dt>Source</dt><dd><a href="/outbox/${letter.id}/source">RFC 5322 message</a></dd></dl>
<iframe class="letter" title="The letter as HTML" sandbox="" src="/outbox/${letter.id}/html"></iframe>
<h2>As plain text</h2>
<pre>${letter.text}</pre>`,
  )
}
