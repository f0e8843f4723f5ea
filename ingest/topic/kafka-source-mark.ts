/**
 * What stands beside a source's committed offset. The offset is the range's first, so that the range is read again
 * after a crash or by whoever takes the partition over, and cut as it was.
 */
export interface SourceMark {
  /** Offsets [from, to) may stand on our topic as one part, or none of them; equal: nothing is open. */
  readonly from: number
  readonly to: number
  /** Below this offset somebody else moved the group: each message is a part of its own there. */
  readonly singlyUntil: number
}

/** `lastcall-source 1 <from> <to> <singly until>`; the offset once more, so that one set by another hand is seen. */
export function encodeSourceMark({ from, to, singlyUntil }: SourceMark): string {
  return `lastcall-source 1 ${from} ${to} ${singlyUntil}`
}

/** The mark we set at this offset, or undefined when another hand set it. */
export function decodeSourceMark(offset: number, text: string): SourceMark | undefined {
  const found = /^lastcall-source 1 (\d{1,16}) (\d{1,16}) (\d{1,16})$/.exec(text)
  if (found === null || Number(found[1]) !== offset) return undefined
  const mark = { from: offset, to: Number(found[2]), singlyUntil: Number(found[3]) }
  return mark.to >= mark.from ? mark : undefined
}
