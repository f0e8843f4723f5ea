import { type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { envoyDetailsAt, envoyHeadInto, isEnvoyStart } from './envoy-line.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { meaningful } from './json-value.ts'
import { settle } from './settle.ts'
import { blankAt, isDigits, millis } from './text-fields.ts'

/**
 * Envoy's default text layout (envoyproxy.io, "Access logging"): start, request, code, flags, bytes received, bytes
 * sent, duration (ms), upstream service time, then quoted: X-Forwarded-For, User-Agent, X-Request-Id, authority, upstream.
 * It names no caller; every quoted value is the client's own text, unescaped.
 */
export const envoyText: TextFormat = {
  kind: 'text',
  name: 'envoy-text',
  title: 'Envoy access log, default text layout',
  recognises(line) {
    if (!isEnvoyStart(line)) return false
    const details = envoyDetailsAt(line)
    return details !== -1 && isDigits(line, details, blankAt(line, details))
  },
  parse,
}

function parse(line: string, context: ParseContext): Outcome<RawCall> {
  const call = emptyRawCall()
  const head = envoyHeadInto(call, line)
  if (head === undefined) return unparsed('unknown-format')
  if (!head.isRequest) return unparsed('no-request')
  call.timeKind = 'start'
  const sent = blankAt(line, head.next) + 1
  const duration = blankAt(line, sent) + 1
  const service = blankAt(line, duration)
  if (service < line.length) call.durationMs = millis(line.slice(duration, service))
  quotedTailInto(call, line, line.indexOf('"', service), line.length)
  return settle(call, head.status, head.time, context)
}

/**
 * Reads `"xff" "agent" "request id" "authority" "upstream"` from `open` on, the last closing quote before `end`.
 * A User-Agent may hold `" "`: the two before it and the three behind it are counted from their own side.
 * The nearest address of X-Forwarded-For is the one Envoy itself saw.
 */
export function quotedTailInto(call: RawCall, line: string, open: number, end: number): void {
  const close = line.lastIndexOf('"', end - 1)
  if (open === -1 || close <= open) {
    call.truncated = true
    return
  }
  const values = line.slice(open + 1, close).split('" "')
  const extra = values.length - 5
  if (extra < 0) {
    call.truncated = true
    return
  }
  const forwarded = values[0] ?? ''
  call.clientIp = meaningful(forwarded.slice(forwarded.lastIndexOf(',') + 1).trim())
  call.agent = meaningful(extra === 0 ? (values[1] ?? '') : values.slice(1, 2 + extra).join('" "'))
  call.requestId = meaningful(values[2 + extra] ?? '')
  call.host = meaningful(values[3 + extra] ?? '')
}
