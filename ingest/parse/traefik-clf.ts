import { type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { clfHeadInto, clfTimeAt, requestEndAt } from './clf-head.ts'
import { unescapeQuotes } from './escape.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { meaningful } from './json-value.ts'
import { settle } from './settle.ts'
import { blankAt, isDigits, millis } from './text-fields.ts'

/**
 * Traefik's common log format: combined, then `count "router" "service" 12ms` (doc.traefik.io, "Access logs"). The time is
 * the request's start, UTC. Status and size are the service's: `-` where Traefik answered itself, which is read as no
 * response. The user is what the client sent, right password or not: the source has to trust it (`remote-user`).
 */
export const traefikClf: TextFormat = {
  kind: 'text',
  name: 'traefik-clf',
  title: 'Traefik access log, common format',
  recognises(line) {
    if (!line.endsWith('ms')) return false
    const open = clfTimeAt(line)
    const close = open === -1 ? -1 : requestEndAt(line, open + 30)
    return close !== -1 && tailAt(line, blankAt(line, close + 2)) !== -1
  },
  parse,
}

function parse(line: string, context: ParseContext): Outcome<RawCall> {
  const call = emptyRawCall()
  const head = clfHeadInto(call, line, unescapeQuotes)
  if (head === undefined) return unparsed('unknown-format')
  if (!head.isRequest) return unparsed('no-request')
  call.timeKind = 'start'
  // Traefik writes X-Forwarded-For as a whole where there is one: with blanks its first hop looks like a virtual host.
  call.host = ''
  const tail = tailAt(line, head.next)
  if (tail === -1) call.truncated = true
  else {
    const duration = line.lastIndexOf(' ') + 1
    call.durationMs = millis(line.slice(duration, -2))
    call.agent = agentOf(line, head.next, tail)
  }
  // Without the service's status it is not known whether the user's password was right.
  if (head.user !== '' && head.status !== 0) call.requestHeaders = { 'remote-user': head.user }
  return settle(call, head.status, head.time, context)
}

/** Index of the blank before `count "router" "service" 12ms`, -1 when the line does not end so. Router and service hold no quotes. */
function tailAt(line: string, from: number): number {
  const duration = line.lastIndexOf('" ')
  const service = line.lastIndexOf('" "', duration - 1)
  const router = service === -1 ? -1 : line.lastIndexOf(' "', service - 1)
  const count = router === -1 ? -1 : line.lastIndexOf(' ', router - 1)
  if (count <= from || !isCount(line, count + 1, router) || !line.endsWith('ms')) return -1
  return isDigits(line, duration + 2, line.length - 2) ? count : -1
}

function isCount(line: string, from: number, to: number): boolean {
  return isDigits(line, from, to) || (to === from + 1 && line.charCodeAt(from) === 0x2d)
}

/** `size "referer" "agent"` before the tail; a header's quotes may not be escaped: the agent begins at the last `" "`. */
function agentOf(line: string, status: number, tail: number): string {
  const open = line.lastIndexOf('" "', tail - 2)
  return open > status && tail - 1 >= open + 3 ? meaningful(unescapeQuotes(line.slice(open + 3, tail - 1))) : ''
}
