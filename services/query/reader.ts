import type { Catalogue } from '../domain/catalogue.ts'
import type { UsageDetails, UsageReader } from '../domain/usage.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { activeDays } from './active-days.ts'
import { consumerOperations } from './consumer-operations.ts'
import { consumersLeftByDay } from './consumers-left-by-day.ts'
import { consumersOf } from './consumers-of.ts'
import { consumersOfApi } from './consumers-of-api.ts'
import { customerDays } from './customer-days.ts'
import { feedingSources } from './feeding-sources.ts'
import { overview } from './overview.ts'
import { sourceHours } from './source-hours.ts'
import { sourceWeights } from './source-weights.ts'

/** Answers the questions other rooms may ask, always under the catalogue of the moment. */
export function createReader(clickhouse: ClickHouse, catalogue: () => Catalogue): UsageReader & UsageDetails {
  return {
    consumersOf: (deprecation, asOf) => consumersOf(clickhouse, catalogue(), deprecation, asOf),
    activeDays: (deprecation, since) => activeDays(clickhouse, catalogue(), deprecation, since),
    consumersLeftByDay: (deprecation, since, until) =>
      consumersLeftByDay(clickhouse, catalogue(), deprecation, since, until),
    sourceHours: since => sourceHours(clickhouse, since),
    feedingSources: (api, asOf) => feedingSources(clickhouse, api, asOf),
    consumersOfApi: api => consumersOfApi(clickhouse, api),
    overview: asOf => overview(clickhouse, catalogue(), asOf),
    possibleConsumersOf: (deprecation, asOf) => consumersOf(clickhouse, catalogue(), deprecation, asOf, 'possibly'),
    customerDays: (consumers, since) => customerDays(clickhouse, catalogue(), consumers, since),
    consumerOperations: consumer => consumerOperations(clickhouse, consumer),
    sourceWeights: since => sourceWeights(clickhouse, since),
  }
}
