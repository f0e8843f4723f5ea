import { join } from 'node:path'
import { Ledger } from '../../../notifier/ledger/ledger.ts'
import { LEDGER_FILE } from '../../../notifier/ledger/schema.ts'
import { verifyLedger } from '../../../notifier/ledger/verify.ts'
import { LcError } from '../../domain/errors.ts'
import { type Command, textFlag } from '../command.ts'

export const ledgerVerify: Command = {
  name: 'ledger verify',
  summary: 'recomputes the ledger’s sealed event log and holds every row against it',
  usage: `lastcall ledger verify [--head SEAL] [--data .lastcall] [--json]

Every change of a notice or a letter is an event, sealed with the one before. This recomputes all seals and compares
each row with its last event; exit 1 when something does not agree. It prints the last seal: kept elsewhere and given
as --head later, it shows a log that was cut short or written anew.

Example
  lastcall ledger verify --head 3f2a…`,
  options: { head: { type: 'string' } },
  async run(context) {
    const ledger = Ledger.openExisting(join(textFlag(context, 'data', '.lastcall'), LEDGER_FILE))
    if (ledger === undefined)
      throw new LcError(
        'LC_LEDGER_NONE',
        'There is no ledger here yet.',
        'Run `lastcall notify --once`, or name the folder with --data.',
        2,
      )
    try {
      const verdict = verifyLedger(ledger, textFlag(context, 'head'))
      if (context.values.json === true) context.stdout(`${JSON.stringify(verdict)}\n`)
      else
        context.stdout(
          [
            ...verdict.faults,
            `${verdict.events} events, ${verdict.faults.length} faults`,
            `head ${verdict.head}`,
            '',
          ].join('\n'),
        )
      return verdict.faults.length === 0 ? 0 : 1
    } finally {
      ledger.close()
    }
  },
}
