import type { Clock } from '../domain/clock.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { count, text } from '../platform/clickhouse-rows.ts'
import { gauge } from '../platform/metrics.ts'
import type { Standings } from '../standing/standings.ts'
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
  gauge('storeLag').addCallback(async result => {
    const ends = await topic.ends()
    for (const partition of progress.partitions())
      result.observe(progress.lag(partition, ends[partition] ?? 0n), { partition })
  })
  gauge('storeLagTime').addCallback(async result => {
    const ends = await topic.ends()
    for (const partition of progress.partitions()) {
      const behind = progress.behind(partition, ends[partition] ?? 0n, clock.now())
      if (behind !== undefined) result.observe(behind / 1000, { partition })
    }
  })
  gauge('parts').addCallback(async result => {
    for (const { table, parts } of await clickhouse.query(PARTS, {}, { table: text, parts: count }))
      result.observe(parts, { table })
  })
}

/** What ClickHouse counts before it slows inserts down is the parts of one partition. */
const PARTS = `SELECT table, max(n) AS parts FROM
  (SELECT table, partition_id, count() AS n FROM system.parts WHERE active AND database = currentDatabase() GROUP BY ALL)
  GROUP BY table ORDER BY table`

/** Where the deprecations stand. */
export function observeStandings(standings: Standings): void {
  gauge('consumersLeft').addCallback(async result => {
    for (const it of await standings.all()) result.observe(it.consumersLeft, { deprecation: it.deprecation.id })
  })
  gauge('daysLeft').addCallback(async result => {
    for (const it of await standings.all()) {
      if (it.countdown.daysLeft !== null) result.observe(it.countdown.daysLeft, { deprecation: it.deprecation.id })
    }
  })
}
