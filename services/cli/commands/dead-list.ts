import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openDeadLetters } from '../../../ingest/store/dead-letters.ts'
import { DEAD_FILE } from '../../embedded/embedded.ts'
import { type Command, textFlag } from '../command.ts'

const MOST = 10_000

export const deadList: Command = {
  name: 'dead list',
  summary: 'rows that ClickHouse refused, where they stood and why',
  usage: `lastcall dead list [--data .lastcall] [--json]

Rows that could not be stored are set aside, scrubbed as they were, under the place they had on the topic; their
neighbours are stored and the line counts as dead in the sums of its source.

Example
  lastcall dead list --json | jq .reason`,
  options: {},
  async run(context) {
    const file = join(textFlag(context, 'data', '.lastcall'), DEAD_FILE)
    const letters = existsSync(file) ? read(file) : []
    for (const { offset, ...letter } of letters) {
      const told = { ...letter, offset: String(offset) }
      const where = `${letter.topic} partition ${letter.partition} offset ${offset} row ${letter.row}`
      context.stdout(context.values.json === true ? `${JSON.stringify(told)}\n` : `${where}: ${letter.reason}\n`)
    }
    if (context.values.json !== true) context.stdout(`${letters.length} rows set aside\n`)
    return 0
  },
}

function read(file: string) {
  const dead = openDeadLetters(file)
  try {
    return dead.list(MOST)
  } finally {
    dead.close()
  }
}
