-- Small copies of what other places own, so that dashboards answer without a second implementation. The newest
-- revision of a row wins; never part of the exactly-once chain. No addresses.
CREATE TABLE deprecations (
  rev UInt64, id String, api LowCardinality(String), version LowCardinality(String), operation LowCardinality(String), role Enum8('old' = 1, 'successor' = 2),
  thing String, announced Date, sunset Nullable(Date), zone LowCardinality(String), policy LowCardinality(String), catalogue String, gone UInt8
) ENGINE = ReplacingMergeTree(rev) ORDER BY (id, role, api, version, operation);

CREATE TABLE operation_lineage (
  rev UInt64, api LowCardinality(String), version LowCardinality(String), operation LowCardinality(String), now LowCardinality(String), exact UInt8, until Date
) ENGINE = ReplacingMergeTree(rev) ORDER BY (api, version, operation, now);

CREATE TABLE identities (
  rev UInt64, credential String, principal String, customer String, valid_from DateTime('UTC'), valid_until DateTime('UTC'), how LowCardinality(String), gone UInt8
) ENGINE = ReplacingMergeTree(rev) ORDER BY (credential, valid_from);

CREATE TABLE states (
  rev UInt64, deprecation String, who String, day Date, state LowCardinality(String), since DateTime('UTC'), back_by Nullable(Date), why String, through DateTime('UTC')
) ENGINE = ReplacingMergeTree(rev) PARTITION BY toYYYYMM(day) ORDER BY (deprecation, day, who);

CREATE TABLE notices (
  seq UInt64, id String, deprecation String, revision UInt32, customer String, contact_hash String, kind LowCardinality(String), stage LowCardinality(String),
  state LowCardinality(String), at DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(seq) ORDER BY id;
