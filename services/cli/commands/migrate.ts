import { migrate as migrateTables } from '../../../ingest/store/migrate.ts'
import { onCluster } from '../../../ingest/store/on-cluster.ts'
import { openClickHouse } from '../../platform/clickhouse.ts'
import { clickHouseSettings } from '../clickhouse-settings.ts'
import { type Command, textFlag } from '../command.ts'
import { loadForRun } from '../run-config.ts'
import { topicPinned } from '../topic-pinned.ts'

export const migrate: Command = {
  name: 'migrate',
  summary: 'bring the tables of ClickHouse up to date',
  usage: `lastcall migrate [--dry-run] [--config lastcall.yaml] [--data .lastcall] [--json]

Applies what is missing, in order, each statement once; cut short, it goes on where it stopped. Also sets how long
tables keep what they hold (retention in the configuration). Refused while a range of the topic is pinned: let the
store finish it first. \`lastcall up\` and \`lastcall demo\` do this by themselves.

  --dry-run   only say what would be applied

Example
  lastcall migrate --config lastcall.yaml --dry-run`,
  options: { 'dry-run': { type: 'boolean' } },
  async run(context) {
    const { settings } = await loadForRun(context, textFlag(context, 'config', 'lastcall.yaml'))
    const dryRun = context.values['dry-run'] === true
    const clickhouse = await openClickHouse(clickHouseSettings(context, settings))
    try {
      const names = await migrateTables(onCluster(clickhouse, settings.clickhouse?.cluster), {
        clock: context.clock,
        retention: settings.retention,
        dryRun,
        pinned: () => topicPinned(context, settings),
      })
      context.stdout(
        context.values.json === true
          ? `${JSON.stringify({ applied: dryRun ? [] : names, owed: dryRun ? names : [] })}\n`
          : inWords(names, dryRun),
      )
      return 0
    } finally {
      await clickhouse.close()
    }
  },
}

function inWords(names: readonly string[], dryRun: boolean): string {
  if (names.length === 0) return 'The tables are up to date.\n'
  return names.map(name => `${dryRun ? 'would apply' : 'applied'} ${name}\n`).join('')
}
