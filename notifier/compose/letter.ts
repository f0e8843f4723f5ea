import type { Catalogue } from '../../services/domain/catalogue.ts'
import type { Notice, NoticeKind } from '../../services/domain/notice.ts'
import type { Block } from './blocks.ts'
import { renderPage } from './page.ts'
import { section } from './section.ts'
import { renderText } from './text.ts'
import { type View, viewOf } from './view.ts'
import { harmless, visible } from './visible.ts'

/** A letter as values: what it says, before it is a message. */
export interface Letter {
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Where answers should go, when the API names a mail address for support; '' otherwise. */
  readonly replyTo: string
}

/** Most urgent first: it gives the subject. */
const URGENCY: readonly NoticeKind[] = [
  'breaking-fix',
  'after-sunset',
  'countdown',
  'date-moved',
  'announcement',
  'digest',
  'advice',
]

/**
 * Writes the letter for one contact: all notices it gets today about one API. Pure: the same values give the same
 * letter, byte for byte. Text and HTML are drawn from the same blocks. `now` is milliseconds UTC; `statusUrl` is the
 * customer's own page, undefined when there is none.
 */
export function composeLetter(
  notices: readonly Notice[],
  catalogue: Catalogue,
  now: number,
  statusUrl?: string,
): Letter {
  const views = notices.map(notice => viewOf(notice, catalogue, now)).sort(moreUrgent)
  const [first] = views
  if (first === undefined) throw new Error('a letter without a notice')
  const sections = views.map(section)
  const more = views.length === 1 ? '' : ` (and ${views.length - 1} more)`
  const subject = subjectLine(`[${first.api.id}] ${sections[0]?.subject ?? ''}${more}`)
  const blocks: Block[] = []
  for (const [index, one] of sections.entries()) {
    if (index > 0) blocks.push({ kind: 'rule' })
    blocks.push(...one.blocks)
  }
  blocks.push(...closing(first, statusUrl))
  const support = first.api.support
  return {
    subject,
    text: renderText(blocks),
    html: renderPage(subject, 'en', blocks),
    replyTo: isAddress(support) ? support : '',
  }
}

function closing({ api, notice }: View, statusUrl: string | undefined): readonly Block[] {
  const blocks: Block[] = []
  if (api.support !== '') {
    blocks.push({ kind: 'heading', text: 'Questions, or more time needed?' })
    if (isAddress(api.support))
      blocks.push({
        kind: 'link',
        label: `Write to ${visible(api.support, 200)}`,
        url: `mailto:${visible(api.support, 200)}`,
      })
    else if (/^https?:\/\//i.test(api.support))
      blocks.push({ kind: 'link', label: 'Support', url: visible(api.support, 500) })
    else blocks.push({ kind: 'paragraph', text: visible(api.support, 300) })
  }
  if (statusUrl !== undefined) blocks.push({ kind: 'link', label: 'Where you stand today', url: statusUrl })
  const because =
    notice.evidence.calls > 0
      ? `You get this because ${visible(notice.address, 254)} is a contact of ${harmless(notice.customer, 100)}, which calls what is concerned. When the calls stop, so do these letters.`
      : `You get this because ${visible(notice.address, 254)} is a contact of ${harmless(notice.customer, 100)}, a customer of ${api.id}.`
  blocks.push({ kind: 'rule' }, { kind: 'paragraph', text: because })
  return blocks
}

function moreUrgent(a: View, b: View): number {
  const kind = URGENCY.indexOf(a.notice.kind) - URGENCY.indexOf(b.notice.kind)
  const days = (a.daysLeft ?? Number.MAX_SAFE_INTEGER) - (b.daysLeft ?? Number.MAX_SAFE_INTEGER)
  return kind || days || (a.notice.deprecation < b.notice.deprecation ? -1 : 1)
}

/** One line, at most 140 characters: whatever a catalogue holds, no header can follow from it. */
function subjectLine(text: string): string {
  return visible(text.replace(/\s+/g, ' ').trim(), 140)
}

function isAddress(text: string): boolean {
  return /^[^\s@<>"',;:]+@[^\s@<>"',;:]+$/.test(text)
}
