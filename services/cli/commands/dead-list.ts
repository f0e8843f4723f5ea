import type { Command } from '../command.ts'
import { deadLetters, placeOf } from '../dead-letters.ts'
import { plainText } from '../plain-text.ts'

export const deadList: Command = {
  name: 'dead list',
  summary: 'rows that ClickHouse refused, where they stood and why',
  usage: `lastcall dead list [--config lastcall.yaml] [--data .lastcall] [--json]

Rows that could not be stored are set aside, scrubbed as they were, under the place they had on the topic; their
neighbours are stored and the line counts as dead in the sums of its source. Read from lastcall.dead.v1 on Kafka where the
configuration names brokers, else from the data folder, also while a process works there. At most 10,000.

Example
  lastcall dead list --json | jq .reason`,
  options: {},
  async run(context) {
    const letters = await deadLetters(context)
    for (const letter of letters) {
      const told = { ...letter, offset: String(letter.offset) }
      context.stdout(
        context.values.json === true
          ? `${JSON.stringify(told)}\n`
          : `${placeOf(letter)}: ${plainText(letter.reason)}\n`,
      )
    }
    if (context.values.json !== true) context.stdout(`${letters.length} rows set aside\n`)
    return 0
  },
}
