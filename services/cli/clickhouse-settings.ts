import { join } from 'node:path'
import { serverSettings } from '../config/clickhouse-settings.ts'
import type { Settings } from '../config/schema/settings.ts'
import type { ClickHouseSettings } from '../platform/clickhouse.ts'
import { type CommandContext, textFlag } from './command.ts'

/** The ClickHouse a command works with: the server the configuration names, or the one in the data folder. */
export function clickHouseSettings(
  context: CommandContext,
  settings: Settings,
  as: 'writer' | 'reader' = 'writer',
): ClickHouseSettings {
  const server = settings.clickhouse
  if (server === undefined) return { embedded: { folder: join(textFlag(context, 'data', '.lastcall'), 'clickhouse') } }
  return serverSettings(server, context.environment, as)
}
