import type { Catalogue } from '../domain/catalogue.ts'
import type { UsageReader } from '../domain/usage.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { activeDays } from './active-days.ts'
import { consumersLeftByDay } from './consumers-left-by-day.ts'
import { consumersOf } from './consumers-of.ts'
import { feedingSources } from './feeding-sources.ts'
import { sourceHours } from './source-hours.ts'

/** Answers the questions other rooms may ask, always under the catalogue of the moment. */
export function createReader(clickhouse: ClickHouse, catalogue: () => Catalogue): UsageReader {
  return {
    consumersOf: (deprecation, asOf) => consumersOf(clickhouse, catalogue(), deprecation, asOf),
    activeDays: (deprecation, since) => activeDays(clickhouse, catalogue(), deprecation, since),
    consumersLeftByDay: (deprecation, since, until) => consumersLeftByDay(clickhouse, catalogue(), deprecation, since, until),
    sourceHours: since => sourceHours(clickhouse, since),
    feedingSources: (api, asOf) => feedingSources(clickhouse, api, asOf),
  }
}
