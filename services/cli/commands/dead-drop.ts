import { LcError } from '../../domain/errors.ts'
import { type Command, textFlag } from '../command.ts'
import { deadRows, namedLetters } from '../dead-letters.ts'

const MOST_REASON = 500

export const deadDrop: Command = {
  name: 'dead drop',
  summary: 'leave rows that were set aside where they are, for good',
  usage: `lastcall dead drop PARTITION/OFFSET/ROW… | --all --reason TEXT [--config lastcall.yaml] [--data .lastcall] [--json]

Takes rows off the list; they are kept, with the reason, and shown by lastcall dead list --all. Their lines stay among the
dead of their hour: no number changes.

  --all           every open row, 10,000 at a time: again while lastcall dead list shows some
  --reason TEXT   why, for whoever looks later

Example
  lastcall dead drop 3/1207/11 --reason 'test traffic with a clock of 1970'`,
  options: { all: { type: 'boolean' }, reason: { type: 'string' } },
  async run(context) {
    const reason = (textFlag(context, 'reason') ?? '').trim()
    if (reason === '' || reason.length > MOST_REASON)
      throw new LcError(
        'LC_CLI_FLAGS',
        `--reason takes 1 to ${MOST_REASON} characters.`,
        "Say why the rows are given up: --reason 'test traffic'",
        2,
      )
    const rows = await deadRows(context)
    const letters = await namedLetters(context, rows)
    await rows.mark(letters, { state: 'dropped', reason, at: context.clock.now() })
    context.stdout(
      context.values.json === true
        ? `${JSON.stringify({ dropped: letters.length })}\n`
        : `${letters.length} rows dropped\n`,
    )
    return 0
  },
}
