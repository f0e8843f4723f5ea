import { join } from 'node:path'
import { onCluster } from '../../../ingest/store/on-cluster.ts'
import { LcError } from '../../domain/errors.ts'
import { forget } from '../../forget/forget.ts'
import { openClickHouse } from '../../platform/clickhouse.ts'
import { clickHouseSettings } from '../clickhouse-settings.ts'
import { type Command, textFlag } from '../command.ts'
import { loadForRun } from '../run-config.ts'
import { topicPinned } from '../topic-pinned.ts'

const STAYS = `What is not erased: blocks on the topic, until its retention ends (7 days on Kafka, hours embedded); the ledger of letters,
whose events prove who was told and when; dead letters on Kafka; backups; the customers file. See docs/privacy.md.
`

export const forgetConsumer: Command = {
  name: 'forget',
  summary: 'erases one consumer from every table',
  usage: `lastcall forget CONSUMER (--dry-run | --yes) [--config lastcall.yaml] [--data .lastcall] [--json]

CONSUMER is an id as \`lastcall consumers\` shows it; \`lastcall digest\` makes it from a key. Rows of calls, of every
rollup and of the copy of who owns whom that name it are erased. Take it out of the customers file first: the copy is
written again at each load. Stop the process that works on the data folder; in production stop the stores.

  --dry-run   only count
  --yes       erase: it cannot be undone

${STAYS}
Example
  lastcall forget kong:consumer:acme --dry-run`,
  options: { 'dry-run': { type: 'boolean' }, yes: { type: 'boolean' } },
  async run(context) {
    const [consumer, ...more] = context.positionals
    const dryRun = context.values['dry-run'] === true
    if (consumer === undefined || consumer === '' || more.length > 0)
      throw new LcError('LC_CLI_FLAGS', 'Name one consumer.', 'lastcall forget kong:consumer:acme --dry-run', 2)
    if (dryRun === (context.values.yes === true))
      throw new LcError('LC_CLI_FLAGS', 'Say --dry-run or --yes.', '--dry-run counts; --yes erases for good.', 2)
    const { settings } = await loadForRun(context, textFlag(context, 'config', 'lastcall.yaml'))
    const clickhouse = await openClickHouse(clickHouseSettings(context, settings))
    try {
      const embedded = settings.clickhouse === undefined
      const forgotten = await forget({
        clickhouse: onCluster(clickhouse, settings.clickhouse?.cluster),
        deadFile: embedded ? join(textFlag(context, 'data', '.lastcall'), 'dead.db') : undefined,
        consumer,
        pinned: () => topicPinned(context, settings),
        dryRun,
        say: text => context.stderr(`forget: ${text}\n`),
      })
      if (context.values.json === true) context.stdout(`${JSON.stringify({ consumer, dryRun, forgotten })}\n`)
      else {
        const lines = forgotten.map(({ table, rows }) => `${String(rows).padStart(10)}  ${table}`)
        context.stdout(`${dryRun ? 'Rows to be erased' : 'Rows erased'}\n${lines.join('\n')}\n\n${STAYS}`)
      }
      return 0
    } finally {
      await clickhouse.close()
    }
  },
}
