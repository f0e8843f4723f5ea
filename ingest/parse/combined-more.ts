import { type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { clfHeadInto, clfTimeAt, requestEndAt } from './clf-head.ts'
import { unescapeLog } from './escape.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { settle } from './settle.ts'
import { blankAt, closingQuote, isDigits, quotedText } from './text-fields.ts'

/**
 * Combined with more fields behind it, as Apache's `combinedio`, HAProxy's `option httplog clf` and many a server's own
 * format have: words and quoted texts whose meaning only the operator knows. They are left out; a layout of the source
 * reads them. Fields in brackets are ingress-nginx's, a router, a service and milliseconds are Traefik's.
 */
export const combinedMore: TextFormat = {
  kind: 'text',
  name: 'combined-more',
  title: 'Combined with more fields behind (Apache combinedio, HAProxy httplog clf, own formats)',
  recognises(line) {
    const open = clfTimeAt(line)
    const close = open === -1 ? -1 : requestEndAt(line, open + 30)
    const agent = close === -1 ? -1 : agentAt(line, blankAt(line, close + 2))
    return agent !== -1 && isTail(line, closingQuote(line, agent + 1) + 1)
  },
  parse,
}

function parse(line: string, context: ParseContext): Outcome<RawCall> {
  const call = emptyRawCall()
  const head = clfHeadInto(call, line)
  if (head === undefined) return unparsed('unknown-format')
  if (!head.isRequest) return unparsed('no-request')
  if (head.user !== '') call.requestHeaders = { 'remote-user': unescapeLog(head.user) }
  const agent = agentAt(line, head.next)
  if (agent === -1) call.truncated = true
  else call.agent = unescapeLog(quotedText(line, agent, closingQuote(line, agent + 1)))
  return settle(call, head.status, head.time, context)
}

/** Index of the quote that opens the User-Agent, behind ` bytes "referer"`; -1 when the line has none that is whole. */
function agentAt(line: string, status: number): number {
  const bytes = blankAt(line, status + 1)
  if (!isDigits(line, status + 1, bytes) && line.slice(status + 1, bytes) !== '-') return -1
  if (line.charCodeAt(bytes + 1) !== 0x22) return -1
  const referer = closingQuote(line, bytes + 2)
  if (referer === -1 || line.charCodeAt(referer + 1) !== 0x20 || line.charCodeAt(referer + 2) !== 0x22) return -1
  return closingQuote(line, referer + 3) === -1 ? -1 : referer + 2
}

/** Words and quoted texts to the line's end, and more than the one forwarded address that combined itself may have. */
function isTail(line: string, from: number): boolean {
  let at = from
  let words = 0
  let quoted = 0
  while (at < line.length) {
    if (line.charCodeAt(at) !== 0x20) return false
    const first = line.charCodeAt(at + 1)
    if (first === 0x22) {
      const close = closingQuote(line, at + 2)
      if (close === -1) return false
      quoted++
      at = close + 1
    } else {
      const end = blankAt(line, at + 1)
      if (end === at + 1 || first === 0x5b || (quoted > 1 && line.endsWith('ms'))) return false
      words++
      at = end
    }
  }
  return words > 0 || quoted > 1
}
