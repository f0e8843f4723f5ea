import { type Outcome, unparsed } from '../../../services/domain/outcome.ts'
import type { RawCall } from '../../../services/domain/raw-call.ts'
import type { ParseContext } from '../format.ts'
import { identify } from '../identities.ts'
import { settle } from '../settle.ts'
import type { Layout } from './assemble.ts'
import type { Escape } from './field.ts'
import { endOfField } from './field-end.ts'
import { newReading, type Reading, take, takeCut } from './reading.ts'
import { instantOf } from './strftime.ts'

/** A layout ready to read lines. */
export interface Compiled extends Layout {
  readonly escaping: Escape
  readonly timeKind: 'start' | 'end'
}

/**
 * Reads one line under a layout, in time linear in its length: each field ends where the literal behind it stands
 * next. A line that ends early is salvaged when method, path and status are whole, and marked `truncated`.
 */
export function readLine(layout: Compiled, line: string, context: ParseContext): Outcome<RawCall> {
  if (!line.startsWith(layout.start)) return unparsed('unknown-format')
  const reading = newReading(layout.escaping, context.zone)
  let at = layout.start.length
  for (const step of layout.steps) {
    const end = endOfField(line, at, step, layout.escaping)
    if (end === -1) {
      takeCut(reading, step.meaning, line.slice(step.quotable && line.charCodeAt(at) === 0x22 ? at + 1 : at))
      // Nothing of a request so far: a line of another kind, rather than one that was cut.
      if (reading.call.method === '' && Number.isNaN(reading.time.instant)) return unparsed('unknown-format')
      break
    }
    if (step.meaning.of !== 'skip') {
      const own = step.quotable && end > at + 1 && line.charCodeAt(at) === 0x22 ? 1 : 0
      take(reading, step.meaning, line.slice(at + own, end - own))
    }
    // An empty block of HAProxy's takes the blank behind it along.
    at = end === at && step.meaning.of === 'captures' ? at + step.after.length - 1 : end + step.after.length
  }
  if (reading.garbage) return unparsed('no-request')
  return finish(reading, layout, context)
}

function finish(reading: Reading, layout: Compiled, context: ParseContext): Outcome<RawCall> {
  const { call } = reading
  call.timeKind = layout.timeKind
  if (reading.query !== '' && call.target.indexOf('?') === -1)
    call.target += reading.query.startsWith('?') ? reading.query : `?${reading.query}`
  if (reading.verified) identify(reading.identities, 'client', reading.certificate)
  call.identities = reading.identities
  call.requestHeaders = reading.headers
  return settle(call, reading.status, instantOf(reading.time, context.zone), context)
}
