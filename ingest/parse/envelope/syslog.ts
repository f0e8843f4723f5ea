import { isoTime, monthAt, rfc3164Time } from '../times.ts'
import type { EnvelopeContext, Inside, TextEnvelope } from './envelope.ts'
import { behindStructuredData } from './structured-data.ts'

/**
 * Syslog in the ways it is really sent, with `<PRI>` or, in files, without:
 * RFC 5424; RFC 3164 (local time, no year) with or without a host name; the same with an ISO time (rsyslog's
 * ForwardFormat and files); octet counts in front (RFC 6587 §3.4.1); HAProxy's `short`. The message may begin with
 * blanks or a byte order mark; control characters come as rsyslog's `#011`.
 */
export const syslog: TextEnvelope = { name: 'syslog', open }

// Where the message begins and what time the header says: set by the readers below, taken at once.
let message = 0
let time = 0

function open(line: string, inside: Inside, context: EnvelopeContext): boolean {
  const start = behindOctetCount(line)
  const header = behindPriority(line, start)
  time = 0
  message = -1
  if (header > start && isVersion(line, header)) readRfc5424(line, header + 2, context)
  if (message === -1) readHeader(line, header, context)
  if (message === -1) {
    if (header === start) return false
    message = header
  }
  inside.text(unescapeControls(trimmed(line, message)), time)
  return true
}

/** `152 <190>…` */
function behindOctetCount(line: string): number {
  const blank = line.indexOf(' ')
  if (blank < 1 || blank > 7 || line.charCodeAt(blank + 1) !== 0x3c) return 0
  for (let i = 0; i < blank; i++) if (!isDigit(line.charCodeAt(i))) return 0
  return blank + 1
}

/** `<190>`; `from` itself when there is none. */
function behindPriority(line: string, from: number): number {
  if (line.charCodeAt(from) !== 0x3c) return from
  let at = from + 1
  while (at < from + 4 && isDigit(line.charCodeAt(at))) at++
  return at > from + 1 && line.charCodeAt(at) === 0x3e ? at + 1 : from
}

function isVersion(line: string, at: number): boolean {
  return line.charCodeAt(at) === 0x31 && line.charCodeAt(at + 1) === 0x20
}

/** RFC 5424 §6: `TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA[ MSG]`. */
function readRfc5424(line: string, from: number, context: EnvelopeContext): void {
  let at = from
  for (let field = 0; field < 5; field++) {
    const blank = line.indexOf(' ', at)
    if (blank === -1 || blank === at) return
    if (field === 0 && !readTime(line.slice(at, blank), context)) return
    at = blank + 1
  }
  message = behindStructuredData(line, at)
}

function readTime(text: string, context: EnvelopeContext): boolean {
  if (text === '-') return true
  const ms = isoTime(text, context.zone)
  if (Number.isNaN(ms)) return false
  time = ms
  return true
}

/** `Nov 22 03:23:24` or an ISO time, then host and tag as far as they are there. */
function readHeader(line: string, from: number, context: EnvelopeContext): void {
  const end = endOfTime(line, from)
  if (end === -1) return
  const text = line.slice(from, end)
  const ms = isDigit(line.charCodeAt(from))
    ? isoTime(text, context.zone)
    : rfc3164Time(text, context.received, context.zone)
  if (Number.isNaN(ms)) return
  const first = behindTag(line, end + 1)
  const blank = line.indexOf(' ', end + 1)
  // In a file, what stands behind a time need not be syslog at all: there a tag is asked for.
  const second = first === -1 && blank !== -1 ? behindTag(line, blank + 1) : -1
  if (first === -1 && second === -1 && line.charCodeAt(from - 1) !== 0x3e) return
  time = ms
  message = first !== -1 ? first : second !== -1 ? second : blank === -1 ? end + 1 : blank + 1
}

/** Index of the blank behind the time at `from`, -1 when nothing like a time stands there. */
function endOfTime(line: string, from: number): number {
  if (isDigit(line.charCodeAt(from))) {
    if (line.charCodeAt(from + 4) !== 0x2d || line.charCodeAt(from + 10) !== 0x54) return -1
    return line.indexOf(' ', from + 16)
  }
  if (monthAt(line, from) === 0) return -1
  const colon = line.indexOf(':', from + 6)
  return colon === -1 || colon > from + 9 ? -1 : line.indexOf(' ', colon + 5)
}

/** Behind `nginx: `, `haproxy[31625]: ` or `kong[12] ` at `from`, -1 when no tag stands there. */
function behindTag(line: string, from: number): number {
  let at = from
  for (; at < from + 64; at++) {
    const code = line.charCodeAt(at)
    if (!(code > 0x20 && code < 0x7f) || code === 0x5b || code === 0x3a || code === 0x22 || code === 0x7b) break
  }
  if (at === from) return -1
  let bracketed = false
  if (line.charCodeAt(at) === 0x5b) {
    const close = line.indexOf(']', at)
    if (close === -1 || close > at + 16) return -1
    at = close + 1
    bracketed = true
  }
  if (line.charCodeAt(at) === 0x3a) return line.charCodeAt(at + 1) === 0x20 || at + 1 === line.length ? at + 1 : -1
  return bracketed && line.charCodeAt(at) === 0x20 ? at + 1 : -1
}

function trimmed(line: string, from: number): string {
  let at = from
  while (line.charCodeAt(at) === 0x20 || line.charCodeAt(at) === 0xfeff) at++
  return line.slice(at)
}

/** rsyslog writes control characters as `#ooo`, also inside JSON, where they must become escapes again. Elsewhere a `#` may be another writer's. */
function unescapeControls(text: string): string {
  if (text.charCodeAt(0) !== 0x7b || text.indexOf('#0') === -1) return text
  return text.replace(/#0([0-3])([0-7])/g, (_, high: string, low: string) => {
    const code = Number(high) * 8 + Number(low)
    return `\\u00${code < 16 ? '0' : ''}${code.toString(16)}`
  })
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
