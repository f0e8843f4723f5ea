import { LcError } from '../../domain/errors.ts'
import type { Command } from '../command.ts'
import { deadRows, placeOf, unknownPlace } from '../dead-letters.ts'
import { plainText } from '../plain-text.ts'

export const deadShow: Command = {
  name: 'dead show',
  summary: 'one row that was set aside, with what it held',
  usage: `lastcall dead show PARTITION/OFFSET/ROW [--config lastcall.yaml] [--data .lastcall] [--json]

The place is as lastcall dead list tells it. Values are as they came to the topic: scrubbed.

Example
  lastcall dead show 3/1207/11`,
  options: {},
  async run(context) {
    const [place, ...more] = context.positionals
    if (place === undefined || more.length > 0)
      throw new LcError('LC_CLI_FLAGS', 'Name one place.', 'lastcall dead list tells them: 3/1207/11', 2)
    const letter = (await (await deadRows(context)).list(true)).find(one => placeOf(one) === place)
    if (letter === undefined) throw unknownPlace(place)
    const { values, reason } = letter
    if (context.values.json === true) {
      context.stdout(`${JSON.stringify({ ...letter, offset: String(letter.offset) })}\n`)
    } else {
      const lines = Object.entries(values).filter(([, value]) => value !== '')
      const width = Math.max(0, ...lines.map(([name]) => name.length))
      context.stdout(
        `${plainText(reason)}\n\n${lines.map(([name, value]) => `${name.padEnd(width)}  ${plainText(value)}\n`).join('')}`,
      )
    }
    return 0
  },
}
