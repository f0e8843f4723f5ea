import { isoTime } from '../times.ts'
import type { EnvelopeContext, Inside, TextEnvelope } from './envelope.ts'

/**
 * A line of a Kubernetes container log (CRI): `<RFC 3339 nano> stdout|stderr F|P content`. Lines that were cut have
 * been put together when the records were split; a part whose rest is lost is read as far as it goes.
 */
export const cri: TextEnvelope = { name: 'cri', open }

function open(line: string, inside: Inside, context: EnvelopeContext): boolean {
  if (line.charCodeAt(10) !== 0x54 || line.charCodeAt(4) !== 0x2d) return false
  const blank = line.indexOf(' ')
  if (blank < 19 || blank > 40 || !/^ std(?:out|err) [FP] /.test(line.slice(blank, blank + 10))) return false
  const time = isoTime(line.slice(0, blank), context.zone)
  if (Number.isNaN(time)) return false
  inside.text(line.slice(blank + 10), time)
  return true
}
