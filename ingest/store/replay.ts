import { type Block, SCHEMA_VERSION } from '../../services/domain/block.ts'
import type { Call } from '../../services/domain/call.ts'
import { LcError } from '../../services/domain/errors.ts'
import { BlockBuilder } from '../block/block-builder.ts'
import { uploadKeyOf } from '../topic/repeats.ts'
import { type DeadLetter, originOf } from './dead-letters.ts'

const HOUR = 3_600_000

/**
 * The block that puts one letter back on the topic: its row, under its origin as a source with one position. Such a part
 * is told from its repeats for 90 days, however often the letter is replayed. Its line was counted `dead` and stays so; the
 * tally `replayed` says that the row is among the calls after all. `now` is milliseconds UTC.
 * Throws LC_DEAD_STRADDLES for a row of which nobody can tell whether it is stored, LC_DEAD_UNREADABLE for one without values.
 */
export function replayOf(letter: DeadLetter, now: number): { readonly key: string; readonly block: Block } {
  if (letter.reason === 'straddles')
    throw new LcError(
      'LC_DEAD_STRADDLES',
      `${originOf(letter)} lies in a range of a file part of which was stored before: whether it was cannot be told.`,
      'Leave it, or set it aside for good: lastcall dead drop.',
      2,
    )
  const call = callOf(letter)
  const key = uploadKeyOf({ source: call.source, identity: `dead ${originOf(letter)}` })
  const builder = new BlockBuilder()
  builder.add(call)
  const { payload, rows, first, last } = builder.take()
  const tally = { hour: Math.floor(now / HOUR) * HOUR, outcome: 'replayed' as const, reason: letter.reason, lines: 1 }
  return {
    key,
    block: {
      payload,
      rows,
      headers: {
        schema: SCHEMA_VERSION,
        catalogue: '',
        source: call.source,
        uploads: [{ key, part: 1, of: 0, from: 0, first: 0, rows, tallies: [tally] }],
        first,
        last,
      },
    },
  }
}

/** The row as it was, from its values as text. */
function callOf(letter: DeadLetter): Call {
  const { values } = letter
  const unreadable = (column: string): LcError =>
    new LcError(
      'LC_DEAD_UNREADABLE',
      `${originOf(letter)} holds no ${column} that can be read.`,
      'It cannot be put back; set it aside for good: lastcall dead drop.',
      2,
    )
  const text = (column: string): string => values[column] ?? ''
  const number = (column: string): number => {
    const value = Number(values[column])
    if (values[column] === undefined || !Number.isSafeInteger(value)) throw unreadable(column)
    return value
  }
  /** An enum of two. */
  const one = <First, Second>(column: string, first: First, second: Second): First | Second => {
    const value = number(column)
    if (value !== 1 && value !== 2) throw unreadable(column)
    return value === 1 ? first : second
  }
  return {
    time: number('time'),
    timeKind: one('time_kind', 'start', 'logged'),
    received: number('received') * 1000,
    source: text('source'),
    api: text('api'),
    version: text('version'),
    operation: text('operation'),
    matched: one('matched', 'known', 'inferred'),
    mapRev: number('map_rev'),
    path: text('path'),
    consumer: text('consumer'),
    key: text('key'),
    agent: text('agent'),
    net: text('net'),
    status: number('status'),
    weight: number('weight'),
    class: one('class', 'use', 'test'),
    durationMs: number('duration_ms'),
    requestId: text('request_id'),
    deprecation: text('deprecation'),
    sunset: text('sunset'),
    link: text('link'),
    versionHeader: text('version_header'),
    truncated: number('truncated') === 1,
  }
}
