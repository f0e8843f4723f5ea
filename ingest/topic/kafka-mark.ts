/** The longest text kept beside a committed offset (the broker takes 4,096 characters, ours are among them). */
export const METADATA_MAX = 4_000

/** What stands beside a committed offset in the group. */
export interface Mark {
  /** Milliseconds UTC: the highest log time below the offset. */
  readonly logTime: number
  /** The pin, '' when none. */
  readonly metadata: string
}

/**
 * `lastcall 1 <offset> <log time> <pin>`. The offset stands there once more, so that an offset set by another hand
 * (a reset, kafkajs's own after a lost range) is not taken for ours; the log time, so that it never goes back, whoever
 * goes on.
 */
export function encodeMark(offset: bigint, mark: Mark): string {
  if (mark.metadata.length > METADATA_MAX) throw new RangeError(`a pin has at most ${METADATA_MAX} characters`)
  return `lastcall 1 ${offset} ${mark.logTime} ${mark.metadata}`
}

/** The mark we set at this offset, or undefined when another hand did. */
export function decodeMark(offset: bigint, text: string): Mark | undefined {
  const found = /^lastcall 1 (\d+) (\d+) /.exec(text)
  if (found === null || found[1] !== String(offset)) return undefined
  return { logTime: Number(found[2]), metadata: text.slice(found[0].length) }
}
