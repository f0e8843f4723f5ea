import { closingQuote } from '../text-fields.ts'
import type { Step } from './assemble.ts'
import type { Escape } from './field.ts'

/**
 * Where the value that begins at `from` ends: before the literal behind its field. -1 when the line ends first.
 * Every search moves on, so a line costs one pass.
 */
export function endOfField(line: string, from: number, step: Step, escaping: Escape): number {
  const { after, meaning } = step
  if (meaning.of === 'captures') return capturesEnd(line, from)
  if (step.quotable && line.charCodeAt(from) === 0x22) {
    const close = line.indexOf('"', from + 1)
    if (close === -1) return -1
    return after === '' || line.startsWith(after, close + 1) ? close + 1 : -1
  }
  if (after === '') return meaning.of === 'fraction' ? fractionEnd(line, from, meaning.unit) : line.length
  if (step.inQuotes && (escaping === 'log' || escaping === 'json')) return quotedEnd(line, from, after)
  if (after.charCodeAt(0) === 0x20) {
    if (meaning.of === 'request') return requestEnd(line, from, after)
    if (step.list) return listEnd(line, from, after)
  }
  if (after.charCodeAt(0) === 0x3a && line.charCodeAt(from) === 0x5b) return afterBracket(line, from, after)
  return line.indexOf(after, from)
}

// Quotes of the value are escaped; the next bare one must be the layout's.
function quotedEnd(line: string, from: number, after: string): number {
  let close = closingQuote(line, from)
  while (close !== -1 && !line.startsWith(after, close)) close = closingQuote(line, close + 1)
  return close
}

// A request without quotes holds two blanks of its own: method and target end at them, the protocol at the layout's.
function requestEnd(line: string, from: number, after: string): number {
  const protocol = line.indexOf(' HTTP/', from)
  return line.indexOf(after, protocol === -1 ? from : protocol + 6)
}

// nginx separates hops by `, ` and groups of them by ` : ` (ngx_http_upstream_module, $upstream_addr).
function listEnd(line: string, from: number, after: string): number {
  let at = line.indexOf(after, from)
  while (at > from) {
    const before = line.charCodeAt(at - 1)
    const isGroup = line.startsWith(' : ', at)
    if (before !== 0x2c && !isGroup) return at
    at = line.indexOf(after, isGroup ? at + 3 : at + 1)
  }
  return at
}

// An IPv6 address in brackets holds colons of its own.
function afterBracket(line: string, from: number, after: string): number {
  const close = line.indexOf(']', from)
  return line.indexOf(after, close === -1 ? from : close)
}

function capturesEnd(line: string, from: number): number {
  if (line.charCodeAt(from) !== 0x7b) return from
  const close = line.indexOf('}', from)
  return close === -1 ? -1 : close + 1
}

function fractionEnd(line: string, from: number, unit: 'ms' | 'us'): number {
  const end = from + (unit === 'ms' ? 3 : 6)
  return end > line.length ? -1 : end
}
