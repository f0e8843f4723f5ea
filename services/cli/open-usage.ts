import type { Settings } from '../config/schema/settings.ts'
import type { Catalogue } from '../domain/catalogue.ts'
import type { UsageReader } from '../domain/usage.ts'
import { openClickHouse } from '../platform/clickhouse.ts'
import { createReader } from '../query/reader.ts'
import { clickHouseSettings } from './clickhouse-settings.ts'
import type { CommandContext } from './command.ts'

export interface OpenUsage {
  readonly reader: UsageReader
  close(): Promise<void>
}

/**
 * The usage a one-shot command asks: of the ClickHouse server the configuration names, or of the data folder.
 * @throws LcError LC_DATA_LOCKED when a running process holds the folder.
 */
export async function openUsage(
  context: CommandContext,
  settings: Settings,
  catalogue: () => Catalogue,
): Promise<OpenUsage> {
  const clickhouse = await openClickHouse(clickHouseSettings(context, settings, 'reader'))
  return { reader: createReader(clickhouse, catalogue), close: () => clickhouse.close() }
}
