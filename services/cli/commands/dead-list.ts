import type { DeadLetter } from '../../../ingest/store/dead-letters.ts'
import type { Command } from '../command.ts'
import { deadRows, placeOf } from '../dead-letters.ts'
import { plainText } from '../plain-text.ts'

export const deadList: Command = {
  name: 'dead list',
  summary: 'rows that ClickHouse refused, where they stood and why',
  usage: `lastcall dead list [--all] [--config lastcall.yaml] [--data .lastcall] [--json]

Rows that could not be stored are set aside, scrubbed as they were, under the place they had on the topic; their
neighbours are stored and the line counts as dead in the sums of its source. Read from lastcall.dead.v1 on Kafka where the
configuration names brokers, else from the data folder, also while a process works there. At most 10,000.

  --all   those that were replayed or dropped too

Example
  lastcall dead list --json | jq .reason`,
  options: { all: { type: 'boolean' } },
  async run(context) {
    const letters = await (await deadRows(context)).list(context.values.all === true)
    for (const letter of letters) {
      const told = { ...letter, offset: String(letter.offset) }
      context.stdout(
        context.values.json === true
          ? `${JSON.stringify(told)}\n`
          : `${placeOf(letter)}: ${plainText(letter.reason)}${became(letter)}\n`,
      )
    }
    if (context.values.json !== true) context.stdout(`${letters.length} rows set aside\n`)
    return 0
  },
}

function became({ mark }: DeadLetter): string {
  if (mark === undefined) return ''
  const why = mark.reason === '' ? '' : `: ${plainText(mark.reason)}`
  return ` (${mark.state} ${new Date(mark.at).toISOString()}${why})`
}
