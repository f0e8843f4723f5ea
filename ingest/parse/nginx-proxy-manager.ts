import { type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { cutRequestInto } from './cut-request.ts'
import { unescapeLog } from './escape.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { meaningful } from './json-value.ts'
import { settle } from './settle.ts'
import { blankAt, statusOf } from './text-fields.ts'
import { clfTime } from './times.ts'

/**
 * Nginx Proxy Manager's two layouts, `proxy` and `standard`: `[time] … status - METHOD scheme host "uri" [Client …] …
 * "agent" "referer"`. The time is the request's end, to the second; no duration, no caller. The proxy layout has cache
 * and upstream status before the status, so that is the word before the last ` - `.
 */
export const nginxProxyManager: TextFormat = {
  kind: 'text',
  name: 'nginx-proxy-manager',
  title: 'Nginx Proxy Manager (proxy and standard layouts)',
  recognises: line => isStart(line) && line.indexOf('" [Client ') !== -1,
  parse,
}

function parse(line: string, context: ParseContext): Outcome<RawCall> {
  if (!isStart(line)) return unparsed('unknown-format')
  const open = line.indexOf(' "', 29)
  const dash = open === -1 ? -1 : line.lastIndexOf(' - ', open)
  if (dash < 28) return unparsed('no-request')
  const scheme = blankAt(line, dash + 3) + 1
  const host = blankAt(line, scheme) + 1
  const method = line.slice(dash + 3, scheme - 1)
  // nginx escapes quotes: the next one closes the URI.
  const close = line.indexOf('"', open + 2)
  const call = emptyRawCall()
  call.timeKind = 'end'
  if (close === -1) {
    if (!cutRequestInto(call, `${method} ${line.slice(open + 2)}`)) return unparsed('no-request')
  } else {
    call.method = method
    call.target = unescapeLog(line.slice(open + 2, close))
    tailInto(call, line, line.indexOf('[Client ', close))
  }
  call.host = meaningful(line.slice(host, open))
  const status = line.lastIndexOf(' ', dash - 1) + 1
  return settle(call, statusOf(line, status, dash), clfTime(line.slice(1, 27), context.zone), context)
}

/** `[Client address]`, then the quoted agent behind the other bracketed fields. */
function tailInto(call: RawCall, line: string, client: number): void {
  const end = client === -1 ? -1 : line.indexOf(']', client)
  const agent = end === -1 ? -1 : line.indexOf('] "', end)
  const agentEnd = agent === -1 ? -1 : line.indexOf('"', agent + 3)
  if (end !== -1) call.clientIp = line.slice(client + 8, end)
  if (agentEnd === -1) call.truncated = true
  else call.agent = meaningful(unescapeLog(line.slice(agent + 3, agentEnd)))
}

// `[24/Jan/2022:16:51:02 +0000] `
function isStart(line: string): boolean {
  return (
    line.charCodeAt(0) === 0x5b &&
    line.charCodeAt(3) === 0x2f &&
    line.charCodeAt(7) === 0x2f &&
    line.charCodeAt(12) === 0x3a &&
    line.charCodeAt(27) === 0x5d &&
    line.charCodeAt(28) === 0x20
  )
}
