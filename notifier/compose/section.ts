import type { NoticeKind } from '../../services/domain/notice.ts'
import { advice } from './advice.ts'
import { afterSunset } from './after-sunset.ts'
import { announcement } from './announcement.ts'
import type { Block } from './blocks.ts'
import { breakingFix } from './breaking-fix.ts'
import { callBlocks } from './calls.ts'
import { countdownLetter } from './countdown.ts'
import { dateMoved } from './date-moved.ts'
import { daysText, instantIn, longDate } from './dates.ts'
import { digest } from './digest.ts'
import type { Kind, Opening } from './kind.ts'
import type { View } from './view.ts'
import { visible } from './visible.ts'

const KINDS: Readonly<Record<NoticeKind, Kind>> = {
  announcement,
  countdown: countdownLetter,
  'date-moved': dateMoved,
  digest,
  'after-sunset': afterSunset,
  advice,
  'breaking-fix': breakingFix,
}

/** One notice as part of a letter: its opening, the facts, the calls, what to change, what happens then. */
export function section(view: View): Opening & { readonly blocks: readonly Block[] } {
  const opening = KINDS[view.notice.kind](view)
  const blocks: Block[] = [
    { kind: 'title', text: opening.title },
    ...opening.lead.map((text): Block => ({ kind: 'paragraph', text })),
    { kind: 'facts', rows: facts(view) },
    ...callBlocks(view),
    ...guide(view),
    ...then(view),
  ]
  return { ...opening, blocks }
}

function facts(view: View): readonly (readonly [string, string])[] {
  const { deprecation, api, thing, successor, lastDay, offFrom, daysLeft, notice } = view
  const rows: [string, string][] = [
    ['What', `${thing} (${api.id})`],
    ['Announced', longDate(deprecation.announced)],
  ]
  if (lastDay !== undefined) rows.push(['Last day of service', longDate(lastDay)])
  if (offFrom !== undefined) {
    rows.push([(daysLeft ?? 0) > 0 ? 'Ends at' : 'Ended at', instantIn(api.zone, offFrom)])
    if (notice.zone !== api.zone && notice.zone !== 'UTC')
      rows.push(['In your time zone', instantIn(notice.zone, offFrom)])
  }
  if (daysLeft !== undefined && daysLeft > 0) rows.push(['Days left', daysText(daysLeft)])
  if (deprecation.reason !== '') rows.push(['Why', visible(deprecation.reason, 600)])
  if (successor !== '') rows.push(['Use instead', successor])
  return rows
}

function guide({ deprecation }: View): readonly Block[] {
  const { guide } = deprecation
  if (guide === undefined) return []
  const blocks: Block[] = []
  if (guide.fromTo.length > 0) {
    const rows = guide.fromTo.slice(0, 60).map(({ from, to, note }) => ({
      code: `${visible(from, 120)} → ${visible(to, 120)}`,
      detail: visible(note, 300),
    }))
    blocks.push({ kind: 'heading', text: 'What to change' }, { kind: 'items', rows })
  }
  if (guide.url !== '') blocks.push({ kind: 'link', label: 'Migration guide', url: visible(guide.url, 500) })
  return blocks
}

function then(view: View): readonly Block[] {
  const { api, lastDay, daysLeft, successor } = view
  const heading: Block = { kind: 'heading', text: (daysLeft ?? 1) > 0 ? 'What happens then' : 'What happens now' }
  const pointer = successor === '' ? '' : `, with a pointer to ${successor}`
  if (lastDay === undefined) {
    return [
      heading,
      {
        kind: 'paragraph',
        text: 'Nothing ends by itself: as long as no date is set, calls are answered as before. Should a date be set, you will get a letter.',
      },
    ]
  }
  const after =
    api.policy.afterSunset === 'gone' ? `calls are answered with 410 Gone${pointer}` : 'calls are no longer served'
  const text =
    (daysLeft ?? 0) > 0 ? `Until the last day of service is over nothing changes. After it ${after}.` : `Now ${after}.`
  return [heading, { kind: 'paragraph', text }]
}
