import type { Deprecation } from './catalogue.ts'

/** Usage of one deprecation by one consumer, class `use`, refused calls left out. Instants are milliseconds UTC. */
export interface ConsumerUsage {
  /** '' is all keyless traffic together: it has shares and a trend, never a state or a letter. */
  readonly consumer: string
  /** null when no customer owns it. */
  readonly customer: string | null
  readonly calls: number
  readonly first: number
  readonly last: number
  /** The last 7 complete UTC days, and the 7 before. */
  readonly calls7d: number
  readonly calls7dBefore: number
  /** The last 7 UTC days, today so far included. */
  readonly callsRecent: number
  /** Largest first. */
  readonly operations: readonly OperationUsage[]
  /** Largest first, at most 10. */
  readonly agents: readonly { readonly agent: string; readonly calls: number }[]
}

export interface OperationUsage {
  readonly api: string
  readonly version: string
  readonly operation: string
  readonly calls: number
  readonly first: number
  readonly last: number
}

/** One consumer's day on one side of a deprecation. */
export interface ActiveDay {
  readonly consumer: string
  readonly side: 'old' | 'successor'
  /** UTC, YYYY-MM-DD. */
  readonly day: string
  readonly calls: number
  /** 48 half-hours, bit 0 is 00:00 UTC. */
  readonly slots: bigint
}

/** What is known of a source, per hour of receipt. */
export interface SourceHour {
  readonly source: string
  /** Milliseconds UTC, a whole hour. */
  readonly hour: number
  readonly outcome: string
  readonly reason: string
  readonly lines: number
  readonly heartbeats: number
  /** Latest event time or heartbeat seen, milliseconds UTC; 0 when none. */
  readonly through: number
  /** Seconds from the latest event of a block to its arrival, the most of the hour; 0 when none. */
  readonly lag: number
}

export type MigrationState = 'never' | 'active' | 'migrating' | 'sleeping' | 'migrated' | 'stopped' | 'relapsed'

/** The questions other rooms may ask. Every one is one file in services/query. */
export interface UsageReader {
  /** Who still calls it: every consumer ever seen on the thing, most calls in the last 7 days first. `asOf` is milliseconds UTC. */
  consumersOf(deprecation: Deprecation, asOf: number): Promise<readonly ConsumerUsage[]>
  /** Days on which each consumer used the old thing or its successor; `sinceDay` YYYY-MM-DD UTC. */
  activeDays(deprecation: Deprecation, sinceDay: string): Promise<readonly ActiveDay[]>
  /** Distinct consumers on the old thing by UTC day. */
  consumersLeftByDay(
    deprecation: Deprecation,
    sinceDay: string,
    untilDay: string,
  ): Promise<readonly { readonly day: string; readonly consumers: number; readonly calls: number }[]>
  /** Hours of receipt from `since` on, all sources; milliseconds UTC. */
  sourceHours(since: number): Promise<readonly SourceHour[]>
  /** Sources that fed calls of the deprecation's API in the 35 days before `asOf`. */
  feedingSources(api: string, asOf: number): Promise<readonly string[]>
  /** Every consumer ever seen on an API, deprecated or not, class `use`; those that name nobody left out. */
  consumersOfApi(api: string): Promise<readonly string[]>
}

/** Where one deprecation's usage stands, without its consumers. Instants are milliseconds UTC. */
export interface DeprecationUsage {
  readonly deprecation: string
  /** Consumers ever seen on it, those that name nobody left out. */
  readonly consumersEver: number
  /** Of those, how many called in the last 7 complete UTC days or today so far. */
  readonly consumers7d: number
  readonly calls: number
  readonly calls7d: number
  readonly calls7dBefore: number
  /** 0 when never. */
  readonly last: number
}

/** Calls of one consumer on one side of one deprecation on one UTC day. */
export interface CustomerDay {
  readonly deprecation: string
  readonly side: 'old' | 'successor'
  readonly consumer: string
  readonly day: string
  readonly calls: number
}

/** Everything one consumer called, whether deprecated or not; refused calls cannot name anybody. */
export interface ConsumerOperation extends OperationUsage {
  readonly class: 'use' | 'test'
}

/** Questions only some pages ask. */
export interface UsageDetails {
  /** Every deprecation that an access log can show, in the catalogue's order. */
  overview(asOf: number): Promise<readonly DeprecationUsage[]>
  /** As `consumersOf`, of calls that may or may not have used the thing: listed, never mailed. */
  possibleConsumersOf(deprecation: Deprecation, asOf: number): Promise<readonly ConsumerUsage[]>
  /** A customer's days on every deprecation, by its consumers; `sinceDay` YYYY-MM-DD UTC. */
  customerDays(consumers: readonly string[], sinceDay: string): Promise<readonly CustomerDay[]>
  /** What one consumer ever called, most calls first. */
  consumerOperations(consumer: string): Promise<readonly ConsumerOperation[]>
  /** How many calls one logged call of a source stands for, on average since a day; `sinceDay` YYYY-MM-DD UTC. */
  sourceWeights(sinceDay: string): Promise<ReadonlyMap<string, number>>
}
