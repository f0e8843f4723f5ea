import { join } from 'node:path'
import { type ApprovalList, approvalList, approve as approveList } from '../../../notifier/ledger/approval.ts'
import { Ledger } from '../../../notifier/ledger/ledger.ts'
import { LEDGER_FILE } from '../../../notifier/ledger/schema.ts'
import { LcError } from '../../domain/errors.ts'
import { type Command, textFlag } from '../command.ts'
import { loadForRun } from '../run-config.ts'

export const approve: Command = {
  name: 'approve',
  summary: 'shows who would get letters about a deprecation, and lets them go',
  usage: `lastcall approve ID [--yes | --digest D] [--config lastcall.yaml] [--data .lastcall] [--json]

Shows the list of recipients that wait, and its digest; approves nothing. With --yes the list as it is now is
approved, with --digest D only if it is still the one that was shown under D. An approved contact gets the later
letters of the same date too; a new contact, or a date that moves, waits for another approval.

Example
  lastcall approve content-generate
  lastcall approve content-generate --digest 3f2a…`,
  options: { yes: { type: 'boolean' }, digest: { type: 'string' } },
  async run(context) {
    const [id] = context.positionals
    if (id === undefined)
      throw new LcError(
        'LC_CLI_FLAGS',
        'Which deprecation?',
        'lastcall approve ID; `lastcall notices` shows what waits.',
        2,
      )
    const { settings } = await loadForRun(context, textFlag(context, 'config', 'lastcall.yaml'))
    const ledger = Ledger.open(join(textFlag(context, 'data', '.lastcall'), LEDGER_FILE))
    try {
      const list = approvalList(ledger, id)
      const digest = textFlag(context, 'digest') ?? (context.values.yes === true ? list.digest : undefined)
      const approved = digest !== undefined
      if (approved) approveList(ledger, id, digest, settings.mail.recipientCap, context.clock.now())
      context.stdout(
        context.values.json === true ? `${JSON.stringify({ ...list, approved })}\n` : listText(list, approved),
      )
      return 0
    } finally {
      ledger.close()
    }
  },
}

function listText(list: ApprovalList, approved: boolean): string {
  const { deprecation, recipients, digest, sunset } = list
  if (recipients.length === 0) return `${deprecation}: nobody waits for approval.\n`
  const rows = recipients.map(
    ({ address, customer, kind, stage }) => `  ${address}  (${customer})  ${kind}${stage === '' ? '' : ` ${stage}`}`,
  )
  const what = sunset === undefined ? 'without a date' : `sunset ${sunset}`
  const next = approved
    ? 'Approved: the next `lastcall notify` hands these letters over.'
    : `Nothing was approved. To let them go: lastcall approve ${deprecation} --digest ${digest}`
  return `${deprecation} (${what}): ${recipients.length} letters wait\n${rows.join('\n')}\ndigest ${digest}\n${next}\n`
}
