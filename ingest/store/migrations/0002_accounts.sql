-- What became of every line, by source and hour of receipt: fed by the tallies of blocks, never by views over calls.
CREATE TABLE tallies_in (
  hour DateTime('UTC'), source LowCardinality(String), outcome LowCardinality(String), reason LowCardinality(String),
  lines UInt64, heartbeats UInt64, event_through DateTime('UTC'), lag Int64
) ENGINE = Null;

CREATE TABLE sources_hourly (
  source LowCardinality(String), hour DateTime('UTC'), outcome LowCardinality(String), reason LowCardinality(String),
  lines SimpleAggregateFunction(sum, UInt64), heartbeats SimpleAggregateFunction(sum, UInt64),
  event_through SimpleAggregateFunction(max, DateTime('UTC')), lag SimpleAggregateFunction(max, Int64)
) ENGINE = AggregatingMergeTree PARTITION BY toYYYYMM(hour) ORDER BY (source, hour, outcome, reason)
TTL hour + INTERVAL 25 MONTH
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW sources_hourly_mv TO sources_hourly AS
SELECT source, t.hour AS hour, outcome, reason, sum(t.lines) AS lines, sum(t.heartbeats) AS heartbeats, max(t.event_through) AS event_through, max(t.lag) AS lag
FROM tallies_in AS t GROUP BY source, t.hour, outcome, reason;

-- Which parts of which uploads stood where: what a repeat is told by after a restart. The first row of each range
-- also says when it was stored and how many parts of ClickHouse that made at most: how far tokens are remembered.
-- What no partition can need any more is dropped by the store, by the log's own time: a TTL would go by the clock, and
-- a log that stood still for a week would be judged otherwise than before. Positions count for 90 days.
CREATE TABLE uploads (
  partition UInt32, key String, part UInt64, positioned UInt8, offset UInt64, log_time DateTime64(3, 'UTC'),
  stored_at DateTime('UTC') CODEC(Delta, ZSTD(1)), parts UInt32
) ENGINE = MergeTree PARTITION BY (positioned, toYYYYMMDD(log_time)) ORDER BY (partition, key, part, offset)
TTL toDateTime(log_time) + INTERVAL 91 DAY
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;
