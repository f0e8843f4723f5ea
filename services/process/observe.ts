import type { Clock } from '../domain/clock.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { count, text } from '../platform/clickhouse-rows.ts'
import { gauge } from '../platform/metrics.ts'
import type { Standings } from '../standing/standings.ts'
import { inTime } from './in-time.ts'
import type { Progress } from './progress.ts'

/** Gauges are asked for when somebody looks. `held`: bytes that uploads hold in memory now. */
export function observeDoors(held: () => number): void {
  gauge('inFlight').addCallback(result => result.observe(held()))
}

export interface ObservedStore {
  readonly topic: { ends(): Promise<readonly bigint[]> }
  readonly progress: Progress
  readonly clickhouse: ClickHouse
  readonly clock: Clock
}

/** How far the store is behind on the partitions that are this process's, and what it leaves to ClickHouse to merge. */
export function observeStore({ topic, progress, clickhouse, clock }: ObservedStore): void {
  let known: readonly bigint[] = []
  const asked = inTime(() => topic.ends(), clock)
  // Without Kafka the ends last seen: what waited then still waits.
  const ends = async (): Promise<readonly bigint[]> => {
    known = (await asked()) ?? known
    return known
  }
  const parts = inTime(() => clickhouse.query(PARTS, {}, { table: text, parts: count }), clock)
  gauge('storeLag').addCallback(async result => {
    for (const [partition, end] of (await ends()).entries())
      if (progress.has(partition)) result.observe(progress.lag(partition, end), { partition })
  })
  gauge('storeLagTime').addCallback(async result => {
    for (const [partition, end] of (await ends()).entries()) {
      const behind = progress.has(partition) ? progress.behind(partition, end, clock.now()) : undefined
      if (behind !== undefined) result.observe(behind / 1000, { partition })
    }
  })
  gauge('parts').addCallback(async result => {
    for (const one of (await parts()) ?? []) result.observe(one.parts, { table: one.table })
  })
}

/** What ClickHouse counts before it slows inserts down is the parts of one partition. */
const PARTS = `SELECT table, max(n) AS parts FROM
  (SELECT table, partition_id, count() AS n FROM system.parts WHERE active AND database = currentDatabase() GROUP BY ALL)
  GROUP BY table ORDER BY table`

/** Where the deprecations stand. */
export function observeStandings(standings: Standings, clock: Clock): void {
  const all = inTime(() => standings.all(), clock)
  gauge('consumersLeft').addCallback(async result => {
    for (const it of (await all()) ?? []) result.observe(it.consumersLeft, { deprecation: it.deprecation.id })
  })
  gauge('daysLeft').addCallback(async result => {
    for (const it of (await all()) ?? []) {
      if (it.countdown.daysLeft !== null) result.observe(it.countdown.daysLeft, { deprecation: it.deprecation.id })
    }
  })
}
