import type { Catalogue } from '../services/domain/catalogue.ts'
import type { Notice } from '../services/domain/notice.ts'
import { composeLetter, type Letter } from './compose/letter.ts'
import { buildSource } from './deliver/send.ts'
import type { Ledger } from './ledger/ledger.ts'
import { letterId, messageIdOf, threadOf, type Way, type WrittenLetter } from './ledger/letters.ts'

/** Who writes, and where answers and links lead. */
export interface Sender {
  /** `API changes <api-changes@example.com>` or a bare address. */
  readonly from: string
  /** '' : the API's support address, where it has one. */
  readonly replyTo: string
  /** The customer's own page, undefined where there is none. */
  readonly statusUrl: ((customer: string) => string) | undefined
}

/** Notices that go into one letter: those of one contact about one API. In the order of the plan. */
export function lettersOf(notices: readonly Notice[]): readonly (readonly Notice[])[] {
  const groups = new Map<string, Notice[]>()
  for (const notice of notices) {
    const key = `${notice.customer}\n${notice.address.toLowerCase()}\n${notice.api}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [notice])
    else group.push(notice)
  }
  return [...groups.values()]
}

/** The letter's words, without a ledger: what `preview` shows. `now` is milliseconds UTC. */
export function wordsOf(notices: readonly Notice[], catalogue: Catalogue, sender: Sender, now: number): Letter {
  return composeLetter(notices, catalogue, now, sender.statusUrl?.(notices[0]?.customer ?? ''))
}

/** Writes the whole letter, ready for the ledger. Throws when it cannot be written: then nobody gets half of it. */
export async function write(
  ledger: Ledger,
  notices: readonly Notice[],
  catalogue: Catalogue,
  sender: Sender,
  way: Way,
  now: number,
): Promise<WrittenLetter> {
  const [first] = notices
  if (first === undefined) throw new Error('a letter without a notice')
  const words = wordsOf(notices, catalogue, sender, now)
  const id = letterId(notices, way)
  const messageId = messageIdOf(ledger, id, domainOf(sender.from))
  const source = await buildSource({
    from: sender.from,
    replyTo: sender.replyTo === '' ? words.replyTo : sender.replyTo,
    to: first.address,
    subject: words.subject,
    text: words.text,
    html: words.html,
    messageId,
    references: threadOf(ledger, notices),
    headers: {
      'List-Id': `<${listName(first.api)}.lastcall.${domainOf(sender.from)}>`,
      'X-Lastcall-Letter': id,
      'X-Lastcall-Notices': notices.map(notice => notice.id).join(' '),
    },
    date: now,
  })
  const { customer, address, api } = first
  return { id, messageId, customer, address, api, subject: words.subject, text: words.text, html: words.html, source }
}

/** The bare address of a `From` line. */
export function addressOf(from: string): string {
  return (/<([^<>]+)>\s*$/.exec(from)?.[1] ?? from).trim()
}

function domainOf(from: string): string {
  const domain = addressOf(from).split('@').at(-1) ?? ''
  return /^[A-Za-z0-9.-]+$/.test(domain) ? domain : 'localhost'
}

/** A label of a List-Id (RFC 2919). */
function listName(api: string): string {
  return api
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .slice(0, 60)
}
