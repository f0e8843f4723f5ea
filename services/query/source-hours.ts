import type { SourceHour } from '../domain/usage.ts'
import type { ClickHouse } from '../platform/clickhouse.ts'
import { count, text } from '../platform/clickhouse-rows.ts'

const HOURS = `
SELECT source, toUnixTimestamp(hour) AS at, outcome, reason, sum(lines) AS n, sum(heartbeats) AS beats, toUnixTimestamp(max(event_through)) AS through,
  toInt64(max(lag)) AS late
FROM sources_hourly WHERE hour >= fromUnixTimestamp({since:Int64}) AND outcome != 'replayed'
GROUP BY source, hour, outcome, reason ORDER BY source, hour, outcome, reason`

/**
 * What each source sent in each hour of receipt, by outcome and reason. `since` is milliseconds UTC. Lines replayed are
 * among the dead of their hour and no lines more.
 */
export async function sourceHours(clickhouse: ClickHouse, since: number): Promise<readonly SourceHour[]> {
  const rows = await clickhouse.query(
    HOURS,
    { since: Math.max(0, Math.floor(since / 1000)) },
    { source: text, at: count, outcome: text, reason: text, n: count, beats: count, through: count, late: count },
  )
  return rows.map(row => ({
    source: row.source,
    hour: row.at * 1000,
    outcome: row.outcome,
    reason: row.reason,
    lines: row.n,
    heartbeats: row.beats,
    through: row.through * 1000,
    lag: row.late,
  }))
}
