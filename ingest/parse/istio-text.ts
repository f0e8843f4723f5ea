import { type Outcome, unparsed } from '../../services/domain/outcome.ts'
import { emptyRawCall, type RawCall } from '../../services/domain/raw-call.ts'
import { envoyDetailsAt, envoyHeadInto, isEnvoyStart } from './envoy-line.ts'
import { quotedTailInto } from './envoy-text.ts'
import type { ParseContext, TextFormat } from './format.ts'
import { meaningful } from './json-value.ts'
import { settle } from './settle.ts'
import { blankAt, isDigits, millis, withoutPort } from './text-fields.ts'

/**
 * Istio's text layout (istio.io, "Envoy Access Logs"): Envoy's with response details and a quoted upstream failure
 * behind the flags, and cluster, addresses, server name and route behind the upstream. Up to 1.7 two quoted fields
 * stand there instead. Every sidecar and gateway on the way writes one: name the authoritative source per host.
 */
export const istioText: TextFormat = {
  kind: 'text',
  name: 'istio-text',
  title: 'Istio access log, text layout',
  recognises(line) {
    if (!isEnvoyStart(line)) return false
    const details = envoyDetailsAt(line)
    return details !== -1 && !isDigits(line, details, blankAt(line, details)) && numbersAt(line, details) !== -1
  },
  parse,
}

function parse(line: string, context: ParseContext): Outcome<RawCall> {
  const call = emptyRawCall()
  const head = envoyHeadInto(call, line)
  if (head === undefined) return unparsed('unknown-format')
  if (!head.isRequest) return unparsed('no-request')
  call.timeKind = 'start'
  const numbers = numbersAt(line, head.next)
  if (numbers === -1) {
    call.truncated = true
    return settle(call, head.status, head.time, context)
  }
  const duration = blankAt(line, blankAt(line, numbers) + 1) + 1
  const service = blankAt(line, duration)
  call.durationMs = millis(line.slice(duration, service))
  // Behind the last quote: cluster, upstream local, downstream local, downstream remote, server name, route.
  const tail = line.lastIndexOf('" ') + 1
  quotedTailInto(call, line, line.indexOf('"', service), tail)
  const remote = tokenAt(line, tail + 1, 3)
  if (remote !== '') call.clientIp = withoutPort(remote)
  // The server name is the last word that every version writes.
  if (!hasToken(line, tail + 1, 4)) call.truncated = true
  return settle(call, head.status, head.time, context)
}

/** Where bytes received, bytes sent and duration stand: behind the upstream failure's closing quote. -1 when cut before. */
function numbersAt(line: string, from: number): number {
  let at = line.indexOf('" ', from)
  while (at !== -1) {
    const first = blankAt(line, at + 2)
    if (isDigits(line, at + 2, first) && isDigits(line, first + 1, blankAt(line, first + 1))) return at + 2
    at = line.indexOf('" ', at + 2)
  }
  return -1
}

/** The `index`-th word from `from` on, '' when there is none or it means nothing. */
function tokenAt(line: string, from: number, index: number): string {
  const at = tokenStart(line, from, index)
  return meaningful(line.slice(at, blankAt(line, at)))
}

function hasToken(line: string, from: number, index: number): boolean {
  return tokenStart(line, from, index) < line.length
}

function tokenStart(line: string, from: number, index: number): number {
  let at = from
  for (let i = 0; i < index && at < line.length; i++) at = blankAt(line, at) + 1
  return at
}
