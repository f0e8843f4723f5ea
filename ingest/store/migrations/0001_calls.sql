-- Every call as it was logged, and the rollups that answer most questions. An entry table without rows of its own
-- feeds them all: one insert, one token. All partitioned targets forget by month, alike.
CREATE TABLE calls_in (
  time DateTime64(3, 'UTC'), time_kind Enum8('start' = 1, 'logged' = 2), received DateTime('UTC'), source LowCardinality(String),
  api LowCardinality(String), version LowCardinality(String), operation LowCardinality(String), matched Enum8('known' = 1, 'inferred' = 2), map_rev UInt32,
  path String, consumer LowCardinality(String), key LowCardinality(String), agent LowCardinality(String), net LowCardinality(String),
  status UInt16, weight UInt32, class Enum8('use' = 1, 'test' = 2), duration_ms UInt32, request_id String,
  deprecation LowCardinality(String), sunset LowCardinality(String), link LowCardinality(String), version_header LowCardinality(String), truncated UInt8,
  topic LowCardinality(String), partition UInt32, offset UInt64, row UInt32,
  CONSTRAINT sane_time CHECK time >= toDateTime64('2000-01-01 00:00:00', 3, 'UTC') AND time < toDateTime64('2100-01-01 00:00:00', 3, 'UTC')
) ENGINE = Null;

-- The same door without anything behind it: where rows are tried when ClickHouse refuses some of them.
CREATE TABLE calls_probe AS calls_in ENGINE = Null;

CREATE TABLE calls (
  time DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)), time_kind Enum8('start' = 1, 'logged' = 2), received DateTime('UTC') CODEC(Delta, ZSTD(1)), source LowCardinality(String),
  api LowCardinality(String), version LowCardinality(String), operation LowCardinality(String), matched Enum8('known' = 1, 'inferred' = 2), map_rev UInt32,
  path String CODEC(ZSTD(1)), consumer LowCardinality(String), key LowCardinality(String), agent LowCardinality(String), net LowCardinality(String),
  status UInt16, weight UInt32, class Enum8('use' = 1, 'test' = 2), duration_ms UInt32, request_id String CODEC(ZSTD(1)),
  deprecation LowCardinality(String), sunset LowCardinality(String), link LowCardinality(String), version_header LowCardinality(String), truncated UInt8,
  topic LowCardinality(String), partition UInt32, offset UInt64 CODEC(Delta, ZSTD(1)), row UInt32 CODEC(Delta, ZSTD(1))
) ENGINE = MergeTree PARTITION BY toYYYYMM(time) ORDER BY (api, version, operation, consumer, time)
TTL toDateTime(time) + INTERVAL 90 DAY
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW calls_mv TO calls AS SELECT * FROM calls_in;

CREATE TABLE usage_daily (
  api LowCardinality(String), version LowCardinality(String), operation LowCardinality(String), consumer LowCardinality(String), day Date,
  agent LowCardinality(String), source LowCardinality(String), class Enum8('use' = 1, 'test' = 2),
  rows SimpleAggregateFunction(sum, UInt64), calls SimpleAggregateFunction(sum, UInt64),
  refused SimpleAggregateFunction(sum, UInt64), s404 SimpleAggregateFunction(sum, UInt64), s410 SimpleAggregateFunction(sum, UInt64),
  s4 SimpleAggregateFunction(sum, UInt64), s5 SimpleAggregateFunction(sum, UInt64),
  slots SimpleAggregateFunction(groupBitOr, UInt64), last SimpleAggregateFunction(max, DateTime('UTC'))
) ENGINE = AggregatingMergeTree PARTITION BY toYYYYMM(day) ORDER BY (api, version, operation, consumer, day, agent, source, class)
TTL day + INTERVAL 25 MONTH
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW usage_daily_mv TO usage_daily AS
SELECT api, version, operation, consumer, toDate(time) AS day, agent, source, class, count() AS rows, sum(weight) AS calls,
  sumIf(weight, status IN (401, 403)) AS refused, sumIf(weight, status = 404) AS s404, sumIf(weight, status = 410) AS s410,
  sumIf(weight, status BETWEEN 400 AND 499 AND status NOT IN (401, 403, 404, 410)) AS s4, sumIf(weight, status >= 500) AS s5,
  groupBitOr(if(status IN (401, 403), 0, bitShiftLeft(toUInt64(1), toUInt8(intDiv(toUnixTimestamp(time) % 86400, 1800))))) AS slots,
  max(toDateTime(time)) AS last
FROM calls_in GROUP BY ALL;

CREATE TABLE usage_ever (
  api LowCardinality(String), version LowCardinality(String), operation LowCardinality(String), consumer LowCardinality(String), class Enum8('use' = 1, 'test' = 2),
  calls SimpleAggregateFunction(sum, UInt64), refused SimpleAggregateFunction(sum, UInt64),
  first SimpleAggregateFunction(min, DateTime('UTC')), last SimpleAggregateFunction(max, DateTime('UTC')),
  first_proven SimpleAggregateFunction(min, DateTime('UTC')), last_proven SimpleAggregateFunction(max, DateTime('UTC'))
) ENGINE = AggregatingMergeTree ORDER BY (api, version, operation, consumer, class)
SETTINGS non_replicated_deduplication_window = 100000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Proven: not refused (401, 403). Where nothing is, first_proven is the end of time and last_proven 1970:
-- a minIf without a match would be 1970 and win every later minimum.
CREATE MATERIALIZED VIEW usage_ever_mv TO usage_ever AS
SELECT api, version, operation, consumer, class, sum(weight) AS calls, sumIf(weight, status IN (401, 403)) AS refused,
  min(toDateTime(time)) AS first, max(toDateTime(time)) AS last,
  min(if(status IN (401, 403), toDateTime(4294967295, 'UTC'), toDateTime(time))) AS first_proven,
  maxIf(toDateTime(time), status NOT IN (401, 403)) AS last_proven
FROM calls_in GROUP BY ALL;

CREATE TABLE consumers_daily (
  consumer LowCardinality(String), api LowCardinality(String), version LowCardinality(String), day Date, source LowCardinality(String), class Enum8('use' = 1, 'test' = 2),
  calls SimpleAggregateFunction(sum, UInt64), refused SimpleAggregateFunction(sum, UInt64),
  slots SimpleAggregateFunction(groupBitOr, UInt64), last SimpleAggregateFunction(max, DateTime('UTC'))
) ENGINE = AggregatingMergeTree PARTITION BY toYYYYMM(day) ORDER BY (consumer, api, version, day, source, class)
TTL day + INTERVAL 25 MONTH
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW consumers_daily_mv TO consumers_daily AS
SELECT consumer, api, version, toDate(time) AS day, source, class, sum(weight) AS calls, sumIf(weight, status IN (401, 403)) AS refused,
  groupBitOr(if(status IN (401, 403), 0, bitShiftLeft(toUInt64(1), toUInt8(intDiv(toUnixTimestamp(time) % 86400, 1800))))) AS slots,
  max(toDateTime(time)) AS last
FROM calls_in GROUP BY ALL;

CREATE TABLE headers_daily (
  api LowCardinality(String), version LowCardinality(String), operation LowCardinality(String), day Date, source LowCardinality(String), status UInt16,
  deprecation LowCardinality(String), sunset LowCardinality(String), link LowCardinality(String), version_header LowCardinality(String),
  calls SimpleAggregateFunction(sum, UInt64), first SimpleAggregateFunction(min, DateTime('UTC')), last SimpleAggregateFunction(max, DateTime('UTC'))
) ENGINE = AggregatingMergeTree PARTITION BY toYYYYMM(day) ORDER BY (api, version, operation, day, source, status, deprecation, sunset, link, version_header)
TTL day + INTERVAL 13 MONTH
SETTINGS non_replicated_deduplication_window = 100000, ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW headers_daily_mv TO headers_daily AS
SELECT api, version, operation, toDate(time) AS day, source, status, deprecation, sunset, link, version_header,
  sum(weight) AS calls, min(toDateTime(time)) AS first, max(toDateTime(time)) AS last
FROM calls_in GROUP BY ALL;

-- Which key came with which gateway identity: how a rotated key is found by itself.
CREATE TABLE identities_seen (
  consumer LowCardinality(String), key LowCardinality(String), source LowCardinality(String),
  calls SimpleAggregateFunction(sum, UInt64), first SimpleAggregateFunction(min, DateTime('UTC')), last SimpleAggregateFunction(max, DateTime('UTC'))
) ENGINE = AggregatingMergeTree ORDER BY (consumer, key, source)
SETTINGS non_replicated_deduplication_window = 100000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW identities_seen_mv TO identities_seen AS
SELECT consumer, key, source, count() AS calls, min(toDateTime(time)) AS first, max(toDateTime(time)) AS last
FROM calls_in WHERE key != '' AND status NOT IN (401, 403) GROUP BY ALL;
