import { MAX_RECORD_BYTES } from './record.ts'

/**
 * `152 <190>…`: a syslog message that says how long it is (RFC 6587 §3.4.1). Index behind the message that is counted
 * at `from`; 0 when none is, or what follows does not fit the count; undefined while that is not known.
 */
export function countedEnd(buffer: Buffer, from: number, ended: boolean): number | undefined {
  let at = from
  let length = 0
  for (; at < buffer.length && at - from < 7 && isDigit(buffer[at]); at++)
    length = length * 10 + (buffer[at] as number) - 0x30
  if (at + 2 >= buffer.length && !ended) return undefined
  if (buffer[at] !== 0x20 || buffer[at + 1] !== 0x3c || !isDigit(buffer[at + 2]) || length > MAX_RECORD_BYTES) return 0
  const end = at + 1 + length
  if (end >= buffer.length && !ended) return undefined
  const next = buffer[end]
  const fits = end <= buffer.length && (next === undefined || next === 0x0a || next === 0x3c || isDigit(next))
  return fits ? end : 0
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}
