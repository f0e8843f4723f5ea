import { onCluster } from '../../../ingest/store/on-cluster.ts'
import { restoreInstallation } from '../../carry/restore.ts'
import { LcError } from '../../domain/errors.ts'
import { openClickHouse } from '../../platform/clickhouse.ts'
import { clickHouseSettings } from '../clickhouse-settings.ts'
import { type Command, textFlag } from '../command.ts'
import { loadForRun } from '../run-config.ts'

export const restore: Command = {
  name: 'restore',
  summary: 'brings what `export` wrote into an empty installation',
  usage: `lastcall restore DIR [--config lastcall.yaml] [--data .lastcall] [--json]

Into an empty data folder, or, where the configuration names a ClickHouse server, into its empty database; ledger and file
positions go into --data in any case. Every file is checked first. Cut short, it goes on when run again. The ledger sends
nothing until you release it: lastcall notices --release. In production set the pepper variable to what DIR/pepper says.

Example
  lastcall restore /backup/lastcall-2026-11-23 --config production.yaml --data /var/lib/lastcall`,
  options: {},
  async run(context) {
    const [source, ...more] = context.positionals
    if (source === undefined || more.length > 0)
      throw new LcError('LC_CLI_FLAGS', 'Name one folder.', 'See: lastcall restore --help', 2)
    const { settings } = await loadForRun(context, textFlag(context, 'config', 'lastcall.yaml'))
    const clickhouse = await openClickHouse(clickHouseSettings(context, settings))
    try {
      const manifest = await restoreInstallation({
        source,
        data: textFlag(context, 'data', '.lastcall'),
        clickhouse: onCluster(clickhouse, settings.clickhouse?.cluster),
        otherTopic: settings.topic.kafka !== undefined,
        clock: context.clock,
        say: text => context.stderr(`restore: ${text}\n`),
      })
      const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0)
      context.stdout(
        context.values.json === true
          ? `${JSON.stringify({ tables: manifest.tables.map(({ name, rows }) => ({ name, rows })) })}\n`
          : `${rows} rows are back. The ledger is held: lastcall notices --release lets it send.\n`,
      )
      return 0
    } finally {
      await clickhouse.close()
    }
  },
}
