import { type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { cutRequestInto } from './cut-request.ts'
import { unescapeLog } from './escape.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { meaningful } from './json-value.ts'
import { requestInto } from './request-line.ts'
import { settle } from './settle.ts'
import { blankAt, closingQuote, secondsToMs, statusOf, withoutPort } from './text-fields.ts'
import { isoTime } from './times.ts'

const TYPES = ['http ', 'https ', 'h2 ', 'grpcs ', 'ws ', 'wss ']

/**
 * AWS Application Load Balancer access log entries (Elastic Load Balancing guide, "Access log entries"): blank-separated,
 * some quoted, new fields only at the end. `time` is when the response was sent; `request_creation_time` is the start.
 * Times are seconds, -1 when the target never answered. The URL is absolute, as the client sent it. No caller is named.
 */
export const awsAlb: TextFormat = {
  kind: 'text',
  name: 'aws-alb',
  title: 'AWS Application Load Balancer access log',
  recognises(line) {
    const time = timeAt(line)
    if (time === 0) return false
    const name = blankAt(line, time) + 1
    return line.charCodeAt(time + 10) === 0x54 && line.charCodeAt(name - 2) === 0x5a && line.startsWith('app/', name)
  },
  parse,
}

function parse(line: string, context: ParseContext): Outcome<RawCall> {
  const time = timeAt(line)
  if (time === 0) return unparsed('unknown-format')
  const name = blankAt(line, time) + 1
  const client = blankAt(line, name) + 1
  const target = blankAt(line, client) + 1
  const request = blankAt(line, target) + 1
  const backend = blankAt(line, request) + 1
  const response = blankAt(line, backend) + 1
  const status = blankAt(line, response) + 1
  const open = line.indexOf('"', status)
  if (open === -1) return unparsed('no-request')
  const call = emptyRawCall()
  call.timeKind = 'end'
  call.clientIp = withoutPort(line.slice(client, target - 1))
  call.durationMs =
    secondsToMs(line.slice(request, backend - 1)) +
    secondsToMs(line.slice(backend, response - 1)) +
    secondsToMs(line.slice(response, status - 1))
  const close = closingQuote(line, open + 1)
  if (close === -1) {
    if (!cutRequestInto(call, line.slice(open + 1))) return unparsed('no-request')
  } else {
    if (!requestInto(call, line.slice(open + 1, close))) return unparsed('no-request')
    tailInto(call, line, close)
  }
  call.host = hostOf(call.target)
  const logged = isoTime(line.slice(time, name - 1), 'UTC')
  return settle(call, statusOf(line, status, blankAt(line, status)), startOr(call, logged), context)
}

/** The agent, the trace id and the creation time, as far as the line goes. */
function tailInto(call: RawCall, line: string, requestEnd: number): void {
  const agent = requestEnd + 3
  const agentEnd = closingQuote(line, agent)
  if (agentEnd === -1) {
    call.truncated = true
    return
  }
  call.agent = meaningful(unescapeLog(line.slice(agent, agentEnd)))
  // Cipher, protocol and target group, unquoted, then the quoted trace id.
  const trace = line.indexOf('"', agentEnd + 1) + 1
  const traceEnd = trace === 0 ? -1 : closingQuote(line, trace)
  if (traceEnd === -1) {
    call.truncated = true
    return
  }
  call.requestId = meaningful(line.slice(trace, traceEnd))
  // Behind domain name and certificate, both quoted: rule priority, creation time.
  let at = traceEnd
  for (let quotes = 0; quotes < 4 && at !== -1; quotes++) at = line.indexOf('"', at + 1)
  const created = at === -1 ? line.length : blankAt(line, at + 2) + 1
  const end = blankAt(line, created)
  if (end === line.length) {
    call.truncated = true
    return
  }
  const start = isoTime(line.slice(created, end), 'UTC')
  if (Number.isNaN(start)) return
  call.time = start
  call.timeKind = 'start'
}

/** The creation time where the line has one, else the logged one. */
function startOr(call: RawCall, logged: number): number {
  return call.timeKind === 'start' ? call.time : logged
}

function timeAt(line: string): number {
  for (const type of TYPES) if (line.startsWith(type)) return type.length
  return 0
}

function hostOf(target: string): string {
  const start = target.indexOf('://') + 3
  if (start === 2) return ''
  const end = target.indexOf('/', start)
  return end === -1 ? target.slice(start) : target.slice(start, end)
}
