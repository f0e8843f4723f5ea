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
}
