import { type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { clfHeadInto, clfTimeAt, requestEndAt } from './clf-head.ts'
import { unescapeLog } from './escape.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { meaningful } from './json-value.ts'
import { settle } from './settle.ts'
import { blankAt, closingQuote, isDigits, secondsToMs } from './text-fields.ts'

/**
 * ingress-nginx's default layout, `upstreaminfo` (kubernetes.github.io/ingress-nginx, "Log format"): nginx combined, then
 * `$request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] … $req_id`; releases before
 * 0.21 lack the alternative and the id. The time is the request's end. No host is logged: give the source one.
 */
export const ingressNginx: TextFormat = {
  kind: 'text',
  name: 'ingress-nginx',
  title: 'ingress-nginx (Kubernetes) default access log',
  recognises(line) {
    const open = clfTimeAt(line)
    const close = open === -1 ? -1 : requestEndAt(line, open + 30)
    return close !== -1 && lengthAt(line, blankAt(line, close + 2)) !== -1
  },
  parse,
}

function parse(line: string, context: ParseContext): Outcome<RawCall> {
  const call = emptyRawCall()
  const head = clfHeadInto(call, line)
  if (head === undefined) return unparsed('unknown-format')
  if (!head.isRequest) return unparsed('no-request')
  callerInto(call, head.user)
  call.timeKind = 'end'
  const agent = agentAt(line, head.next)
  const length = lengthAt(line, head.next)
  if (agent === -1 || length === -1) call.truncated = true
  else {
    call.agent = meaningful(unescapeLog(line.slice(agent, closingQuote(line, agent))))
    const time = blankAt(line, length) + 1
    call.durationMs = secondsToMs(line.slice(time, blankAt(line, time)))
    const id = line.slice(line.lastIndexOf(' ') + 1)
    if (id.length === 32) call.requestId = id
  }
  return settle(call, head.status, head.time, context)
}

// Releases before 0.22 wrote the address they took for the client's in between: `10.0.0.1 - [203.0.113.9] - user`.
const REAL = '] - '

function callerInto(call: RawCall, user: string): void {
  const end = user.charCodeAt(0) === 0x5b ? user.indexOf(REAL) : -1
  if (end !== -1) call.clientIp = user.slice(1, end)
  const name = meaningful(end === -1 ? user : user.slice(end + REAL.length))
  if (name !== '') call.requestHeaders = { 'remote-user': unescapeLog(name) }
}

/** Where the User-Agent's text begins, behind bytes and referer; -1 when the line was cut before its end. */
function agentAt(line: string, status: number): number {
  const referer = line.indexOf(' "', status) + 2
  const close = referer === 1 ? -1 : closingQuote(line, referer)
  if (close === -1 || !line.startsWith(' "', close + 1)) return -1
  return closingQuote(line, close + 3) === -1 ? -1 : close + 3
}

/** Where `$request_length $request_time [` begins; -1 when something else stands behind the User-Agent. */
function lengthAt(line: string, status: number): number {
  const agent = agentAt(line, status)
  if (agent === -1) return -1
  const length = closingQuote(line, agent) + 2
  const time = blankAt(line, length)
  const end = blankAt(line, time + 1)
  const dot = line.indexOf('.', time)
  const fits =
    isDigits(line, length, time) &&
    isDigits(line, time + 1, dot) &&
    isDigits(line, dot + 1, end) &&
    line.charCodeAt(end + 1) === 0x5b
  return fits ? length : -1
}
