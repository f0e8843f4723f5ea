import { exportInstallation } from '../../carry/export.ts'
import { LcError } from '../../domain/errors.ts'
import { type Command, textFlag } from '../command.ts'

export const exportCommand: Command = {
  name: 'export',
  summary: 'writes ledger, pepper, positions and history of an embedded installation into a folder',
  usage: `lastcall export DIR [--copy] [--data .lastcall] [--json]

For a backup (--copy) or a move: lastcall restore brings the folder into another installation, embedded or in production.
Stop the process that works on the data folder first, once everything is stored. DIR must be empty. It holds the pepper:
keep it as you keep a password. Without --copy the old ledger is closed: it sends no letter any more.

Example
  lastcall export /backup/lastcall-2026-11-23 --copy --data /var/lib/lastcall`,
  options: { copy: { type: 'boolean' } },
  async run(context) {
    const [target, ...more] = context.positionals
    if (target === undefined || more.length > 0)
      throw new LcError('LC_CLI_FLAGS', 'Name one folder.', 'See: lastcall export --help', 2)
    const manifest = await exportInstallation({
      data: textFlag(context, 'data', '.lastcall'),
      target,
      clock: context.clock,
      copy: context.values.copy === true,
      say: text => context.stderr(`export: ${text}\n`),
    })
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
    context.stdout(
      context.values.json === true
        ? `${JSON.stringify({ tables: manifest.tables.map(({ name, rows }) => ({ name, rows })) })}\n`
        : `${rows} rows of ${manifest.tables.length} tables, and the files of the data folder, are in ${target}.\n`,
    )
    return 0
  },
}
