import { type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { unescapeLog } from './escape.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { requestInto } from './request-line.ts'
import { settle } from './settle.ts'
import { closingQuote, isDigits, quotedText, statusOf } from './text-fields.ts'
import { clfTime } from './times.ts'

/**
 * The combined log format of nginx and Apache, which are one layout:
 * `address - user [time] "request" status bytes "referer" "agent"`, with a virtual host (and port) in front, with
 * `"$http_x_forwarded_for"` behind (nginx's `main`), or with the user left out. The time is written at the end by
 * nginx, at the start by Apache: it counts as logged. The user is the caller's own word (`remote-user` where a source
 * trusts it). A line cut short behind its status is read and marked.
 */
export const nginxCombined: TextFormat = {
  kind: 'text',
  name: 'combined',
  title: 'nginx combined and main, Apache combined and vhost_combined',
  recognises: line => find(line),
  parse,
}

// Where the parts of the line last looked at stand: `find` sets them, `parse` reads them at once.
let bracket = 0
let request = 0
let requestEnd = 0
let statusEnd = 0
let agent = 0
let agentEnd = 0
let cut = false

/** Finds the parts; false when the line is no such line. */
function find(line: string): boolean {
  // In every other field the writers escape quotes: the first one opens the request.
  request = line.indexOf('"')
  if (request < 20 || line.charCodeAt(request - 1) !== 0x20 || line.charCodeAt(request - 2) !== 0x5d) return false
  bracket = line.lastIndexOf('[', request)
  if (bracket < 4 || line.charCodeAt(bracket - 1) !== 0x20) return false
  if (Number.isNaN(clfTime(line.slice(bracket + 1, request - 2), 'UTC'))) return false
  const dash = line.indexOf(' - ')
  if (dash < 1 || dash + 2 >= bracket || !isSender(line, dash)) return false
  requestEnd = closingQuote(line, request + 1)
  if (requestEnd === -1 || line.charCodeAt(requestEnd + 1) !== 0x20) return false
  statusEnd = line.indexOf(' ', requestEnd + 2)
  if (statusEnd === -1 || statusOf(line, requestEnd + 2, statusEnd) === undefined) return false
  return findTail(line)
}

/** ` bytes "referer" "agent"` and perhaps ` "forwarded for"`; or as much of it as was not cut off. */
function findTail(line: string): boolean {
  agent = -1
  agentEnd = -1
  cut = true
  const bytesEnd = line.indexOf(' ', statusEnd + 1)
  if (bytesEnd === -1) return false
  if (!isDigits(line, statusEnd + 1, bytesEnd) && line.slice(statusEnd + 1, bytesEnd) !== '-') return false
  if (line.charCodeAt(bytesEnd + 1) !== 0x22) return false
  const referer = closingQuote(line, bytesEnd + 2)
  if (referer === -1 || referer + 1 === line.length) return true
  if (line.charCodeAt(referer + 1) !== 0x20) return false
  if (referer + 2 === line.length) return true
  if (line.charCodeAt(referer + 2) !== 0x22) return false
  const end = closingQuote(line, referer + 3)
  if (end === -1) return true
  agent = referer + 2
  agentEnd = end
  cut = false
  return end + 1 === line.length || (line.startsWith(' "', end + 1) && closingQuote(line, end + 3) === line.length - 1)
}

function parse(line: string, context: ParseContext): Outcome<RawCall> {
  if (!find(line)) return unparsed('unknown-format')
  const call = emptyRawCall()
  if (!requestInto(call, line.slice(request + 1, requestEnd))) return unparsed('no-request')
  addressInto(call, line)
  if (agent !== -1) call.agent = unescapeLog(quotedText(line, agent, agentEnd))
  call.truncated = cut
  const time = clfTime(line.slice(bracket + 1, request - 2), context.zone)
  return settle(call, statusOf(line, requestEnd + 2, statusEnd), time, context)
}

/** `address`, `host address` or a list of addresses: never the header of an envelope that is still around the line. */
function isSender(line: string, to: number): boolean {
  let blanks = 0
  for (let i = 0; i < to; i++) {
    const code = line.charCodeAt(i)
    if (code === 0x20) {
      const before = line.charCodeAt(i - 1)
      if (before === 0x2c) continue
      if (++blanks > 1 || before === 0x3a || before === 0x5d) return false
    } else if (code < 0x21 || code === 0x3c || code === 0x3e || code === 0x7c || code === 0x7b || code === 0x3d)
      return false
  }
  return true
}

/** `[host ]address - [user ]` in front of the time. */
function addressInto(call: RawCall, line: string): void {
  const dash = line.indexOf(' - ')
  const blank = line.lastIndexOf(' ', dash - 1)
  call.clientIp = line.slice(blank + 1, dash)
  if (blank > 0) {
    const first = line.slice(0, line.indexOf(' '))
    // A logged X-Forwarded-For is a list with blanks in it.
    if (first.endsWith(',')) call.clientIp = first.slice(0, -1)
    else call.host = first
  }
  const user = dash + 3 < bracket ? line.slice(dash + 3, bracket - 1) : '-'
  if (user !== '-' && user !== '') call.requestHeaders = { 'remote-user': unescapeLog(user) }
}
