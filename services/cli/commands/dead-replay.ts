import type { DeadLetter } from '../../../ingest/store/dead-letters.ts'
import { replayOf } from '../../../ingest/store/replay.ts'
import { partitionOf } from '../../../ingest/topic/repeats.ts'
import { LcError } from '../../domain/errors.ts'
import type { Topic } from '../../domain/topic.ts'
import type { Command, CommandContext } from '../command.ts'
import { deadRows, namedLetters, placeOf } from '../dead-letters.ts'

/** Letters between two marks: what a crash makes it append once more, to be told as repeats. */
const AT_ONCE = 100

export const deadReplay: Command = {
  name: 'dead replay',
  summary: 'put rows that were set aside back on the topic',
  usage: `lastcall dead replay PARTITION/OFFSET/ROW… | --all [--config lastcall.yaml] [--data .lastcall] [--json]

Puts rows back once what they were refused for is mended (a migration, usually). Each goes under its origin, so however
often it is replayed within 90 days it counts once. Its line stays among the dead of its hour, and is told as replayed too.
A row that is refused again is set aside again, under its new place. On a data folder: stop the process there first.

  --all    every open row, 10,000 at a time: again while lastcall dead list shows some

Exit 1 when some could not be put back. Examples
  lastcall dead replay 3/1207/11
  lastcall dead replay --all --config production.yaml`,
  options: { all: { type: 'boolean' } },
  async run(context) {
    const rows = await deadRows(context)
    const letters = await namedLetters(context, rows)
    if (letters.length === 0) return told(context, 0, 0)
    const topic = await rows.topic()
    let left = 0
    try {
      for (let at = 0; at < letters.length; at += AT_ONCE) {
        const replayed = await append(context, topic, letters.slice(at, at + AT_ONCE))
        await rows.mark(replayed, { state: 'replayed', reason: '', at: context.clock.now() })
        left += Math.min(AT_ONCE, letters.length - at) - replayed.length
      }
    } finally {
      await topic.close()
    }
    return told(context, letters.length - left, left)
  },
}

/** Those that stand on the topic now; each other one is named with its fault. */
async function append(
  context: CommandContext,
  topic: Topic,
  letters: readonly DeadLetter[],
): Promise<readonly DeadLetter[]> {
  const done: DeadLetter[] = []
  for (const letter of letters) {
    try {
      const { key, block } = replayOf(letter, context.clock.now())
      await topic.append(partitionOf(key, topic.partitions), [block])
      done.push(letter)
    } catch (error) {
      if (!(error instanceof LcError) || !error.code.startsWith('LC_DEAD_')) throw error
      context.stderr(`${placeOf(letter)}: ${error.code}: ${error.message} ${error.todo}\n`)
    }
  }
  return done
}

function told(context: CommandContext, replayed: number, left: number): number {
  context.stdout(
    context.values.json === true
      ? `${JSON.stringify({ replayed, left })}\n`
      : `${replayed} rows put back on the topic${left > 0 ? `, ${left} left where they are` : ''}\n`,
  )
  return left > 0 ? 1 : 0
}
